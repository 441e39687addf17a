import { once } from 'node:events';
import { access, readFile, truncate } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { decodeImage } from '../../../inference/index.ts';
import { type RunningCommand, runEasel } from '../../support/easel-command.ts';
import { addressOf, useEaselRuns } from '../../support/easel-runs.ts';
import { whereFound } from '../../support/servers/find-program.ts';
import { redisProgram, startRedis } from '../../support/servers/redis.ts';
import { copyTinyModel } from '../../support/tiny-model.ts';
import { createWebClient } from '../../support/web/web-client.ts';

const FIRST = fileURLToPath(new URL('../../parity/goldens/images/first.png', import.meta.url));
const SECOND = fileURLToPath(new URL('../../parity/goldens/images/second.png', import.meta.url));

const { home, start, stopAll } = useEaselRuns();

const readImages = () => Promise.all([FIRST, SECOND].map((file) => readFile(file)));

async function chatOf(command: RunningCommand) {
  const url = await addressOf(command);
  const fetchBytes = async (path: string) => new Uint8Array(await (await fetch(url + path)).arrayBuffer());
  const status = async (path: string) => (await fetch(url + path)).status;
  return { ...createWebClient(url), fetchBytes, status };
}

/** What people do with Ctrl+C, and service managers with SIGTERM. */
async function stop(command: RunningCommand, signal: NodeJS.Signals = 'SIGTERM') {
  command.child.kill(signal);
  return command.ended();
}

describe('easel start', { timeout: 180_000 }, () => {
  it('makes a picture of two images and a sentence, and has it after a restart', async () => {
    const first = start();
    const chat = await chatOf(first);
    const id = await chat.createConversation();
    const { turnId } = await chat.send(id, {
      text: 'Give image 1 the pattern of image 2.',
      images: await readImages(),
    });
    const view = await chat.ended(id, turnId);
    expect(view.turns).toMatchObject([{ status: 'done', resultNumbers: [3] }]);
    const url = view.images[2]?.url ?? '';
    const picture = await chat.fetchBytes(url);
    expect(await decodeImage(picture)).toMatchObject({ width: 32, height: 24 });
    expect(await chat.status('/readyz')).toBe(200);
    // Ctrl+C under npm: the terminal tells both, and npm passes it on.
    first.child.kill('SIGINT');
    expect(await stop(first, 'SIGINT')).toMatchObject({ exitCode: 0 });

    const second = start();
    const again = await chatOf(second);
    expect((await again.read(id)).images).toEqual(view.images);
    expect(await again.fetchBytes(url)).toEqual(picture);
    const next = await again.send(id, { text: 'Make it red.' });
    expect((await again.ended(id, next.turnId)).turns[1]).toMatchObject({ status: 'done', resultNumbers: [4] });
    expect(await stop(second)).toMatchObject({ exitCode: 0 });
  });

  it('lets a message wait that comes before the model is open, and finishes it after a stop in the middle', async () => {
    const first = start();
    const chat = await chatOf(first);
    const id = await chat.createConversation();
    const { turnId } = await chat.send(id, { text: 'a red bird' });
    expect(await stop(first)).toMatchObject({ exitCode: 0 });
    const again = await chatOf(start());
    expect((await again.ended(id, turnId)).turns).toMatchObject([{ status: 'done', resultNumbers: [1] }]);
  });

  it('refuses a second one on the same folder, which leaves the first unharmed', async () => {
    const chat = await chatOf(start());
    const second = await runEasel(['start'], { env: { EASEL_HOME: home() } });
    expect(second).toMatchObject({ exitCode: 78, stdout: '' });
    expect(second.stderr).toMatch(/Another Easel \(process \d+\).*\(HOME_LOCKED\)\n$/);
    expect(await chat.status('/healthz')).toBe(200);
  });

  it('says before it opens anything which file of the model is damaged', async () => {
    const model = copyTinyModel('small');
    await truncate(join(model.folder, 'vae/diffusion_pytorch_model.safetensors'), 1000);
    const env = { EASEL_MODEL: model.folder, EASEL_HOME: join(home(), 'unopened') };
    const refused = await runEasel(['start'], { env });
    model.remove();
    expect(refused).toMatchObject({ exitCode: 78, stdout: '' });
    expect(refused.stderr).toMatch(/vae\/diffusion_pytorch_model\.safetensors.*\(MODEL_INVALID\)\n$/);
    await expect(access(env.EASEL_HOME)).rejects.toThrow('ENOENT');
  });

  it('names the port that another program has, and lets the folder go', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' && address !== null ? String(address.port) : '';
    const refused = await runEasel(['start'], { env: { EASEL_HOME: home(), PORT: port } });
    other.close();
    expect(refused).toMatchObject({ exitCode: 78, stderr: expect.stringMatching(/PORT: \d+ .*\(CONFIG_INVALID\)\n$/) });
    expect(await (await chatOf(start())).status('/healthz')).toBe(200);
  });
});

describe('roles of their own on Redis', { timeout: 180_000, ...whereFound(redisProgram) }, () => {
  it('web and worker make a picture together, and web is ready only with a worker', async () => {
    const redis = await startRedis();
    const env = { REDIS_URL: redis.url };
    try {
      const chat = await chatOf(start('web', env));
      expect(await chat.status('/healthz')).toBe(200);
      expect(await chat.status('/readyz')).toBe(503);
      const worker = start('worker', env);
      await worker.says(/Serving interpret, render-tiny-small/);
      await expect.poll(() => chat.status('/readyz'), { timeout: 60_000 }).toBe(200);
      const id = await chat.createConversation();
      const { turnId } = await chat.send(id, {
        text: 'Give image 1 the pattern of image 2.',
        images: await readImages(),
      });
      expect((await chat.ended(id, turnId)).turns).toMatchObject([{ status: 'done', resultNumbers: [3] }]);
      expect(await stop(worker)).toMatchObject({ exitCode: 0 });
    } finally {
      await stopAll();
      await redis.stop();
    }
  });
});
