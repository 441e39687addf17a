import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import OpenAI, { toFile } from 'openai';
import { describe, expect, it } from 'vitest';
import { runInProcess } from '../../support/easel-in-process.ts';
import { addressOf, useEaselRuns } from '../../support/easel-runs.ts';
import { errorOf, sizesOf } from '../../support/http-api/read-answers.ts';
import { whereFound } from '../../support/servers/find-program.ts';
import { redisProgram, startRedis } from '../../support/servers/redis.ts';

const IMAGE = fileURLToPath(new URL('../../parity/goldens/images/first.png', import.meta.url));

const { home, start, stopAll } = useEaselRuns();

describe('the HTTP API of easel web on Redis', { timeout: 180_000, ...whereFound(redisProgram) }, () => {
  it('says that nobody works, and makes pictures as soon as a worker is there', async () => {
    const redis = await startRedis();
    const env = { REDIS_URL: redis.url, EASEL_HOME: home() };
    try {
      const url = await addressOf(start('web', env));
      const { stdout: apiKey } = await runInProcess(['keys', 'create', 'one'], env);
      const client = new OpenAI({ baseURL: `${url}/v1`, apiKey, maxRetries: 0 });
      const image = await toFile(await readFile(IMAGE), 'image.png');
      const ask = () => client.images.edit({ image, prompt: 'make it red' });
      expect(await errorOf(ask())).toMatchObject({ status: 503, code: 'engine_unavailable' });

      await start('worker', env).says(/Serving interpret, render-tiny-small/);
      await expect.poll(async () => (await fetch(`${url}/readyz`)).status, { timeout: 60_000 }).toBe(200);
      expect(await sizesOf(await ask())).toHaveLength(1);
    } finally {
      await stopAll();
      await redis.stop();
    }
  });
});
