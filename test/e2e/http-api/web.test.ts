import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import OpenAI, { toFile } from 'openai';
import { describe, expect, it } from 'vitest';
import { type RunningCommand, spawnEasel } from '../../support/easel-command.ts';
import { runInProcess } from '../../support/easel-in-process.ts';
import { errorOf, sizesOf } from '../../support/http-api/read-answers.ts';
import { whereFound } from '../../support/servers/find-program.ts';
import { redisProgram, startRedis } from '../../support/servers/redis.ts';

const IMAGE = fileURLToPath(new URL('../../parity/goldens/images/first.png', import.meta.url));

describe('the HTTP API of easel web on Redis', { timeout: 180_000, ...whereFound(redisProgram) }, () => {
  it('says that nobody works, and makes pictures as soon as a worker is there', async () => {
    const redis = await startRedis();
    const home = await mkdtemp(join(tmpdir(), 'easel-api-'));
    const env = { REDIS_URL: redis.url, EASEL_HOME: home };
    const running: RunningCommand[] = [];
    const start = (role: string) => {
      const command = spawnEasel([role], { env });
      running.push(command);
      return command;
    };
    try {
      const [, url = ''] = await start('web').says(/^Easel {2}(http:\S+)$/m);
      const { stdout: apiKey } = await runInProcess(['keys', 'create', 'one'], env);
      const client = new OpenAI({ baseURL: `${url}/v1`, apiKey, maxRetries: 0 });
      const image = await toFile(await readFile(IMAGE), 'image.png');
      const ask = () => client.images.edit({ image, prompt: 'make it red' });
      expect(await errorOf(ask())).toMatchObject({ status: 503, code: 'engine_unavailable' });

      await start('worker').says(/Serving interpret, render-tiny-small/);
      await expect.poll(async () => (await fetch(`${url}/readyz`)).status, { timeout: 60_000 }).toBe(200);
      expect(await sizesOf(await ask())).toHaveLength(1);
    } finally {
      for (const { child, ended } of running) {
        child.kill('SIGTERM');
        await ended();
      }
      await redis.stop();
      await rm(home, { recursive: true });
    }
  });
});
