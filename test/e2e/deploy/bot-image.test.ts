import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { runEasel, spawnEasel } from '../../support/easel-command.ts';
import { addressOf } from '../../support/easel-runs.ts';
import { whereFound } from '../../support/servers/find-program.ts';
import { redisProgram, startRedis } from '../../support/servers/redis.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
/** What `deploy/bot.Dockerfile` removes. */
const REMOVED = ['onnxruntime-node', 'onnxruntime-common'];

const lockSchema = z.object({ packages: z.record(z.string(), z.object({ dev: z.boolean().optional() })) });

/** What the image would hold: the files that `.dockerignore` names, the page, and the packages of the product without its engine. */
async function assemble(folder: string): Promise<void> {
  const ignore = await readFile(join(ROOT, '.dockerignore'), 'utf8');
  for (const [, path = ''] of ignore.matchAll(/^!(.+)$/gm)) {
    // Weights are not read by bots; the folder is linked because copying it takes a while.
    if (path.startsWith('models/')) await link(join(ROOT, path), join(folder, path));
    else await cp(join(ROOT, path), join(folder, path), { recursive: true });
  }
  const lock = lockSchema.parse(JSON.parse(await readFile(join(ROOT, 'package-lock.json'), 'utf8')));
  for (const [path, { dev = false }] of Object.entries(lock.packages)) {
    const isTop = /^node_modules\/(?:@[^/]+\/)?[^/]+$/.test(path);
    if (!isTop || dev || REMOVED.some((name) => path === `node_modules/${name}`)) continue;
    await link(join(ROOT, path), join(folder, path));
  }
}

async function link(target: string, path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await symlink(target, path);
}

describe('the files of the bot image', { timeout: 120_000 }, () => {
  let folder: string;
  let bin: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'easel-image-'));
    bin = join(folder, 'cli/bin.mjs');
    await assemble(folder);
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('hold no engine', async () => {
    const ask = (name: string) =>
      promisify(execFile)(process.execPath, ['--eval', `import('${name}')`], { cwd: folder });
    await expect(ask('onnxruntime-node')).rejects.toThrow('ERR_MODULE_NOT_FOUND');
    await expect(ask('sharp')).resolves.toBeDefined();
  });

  it.each([
    ['discord', 'DISCORD_TOKEN'],
    ['slack', 'SLACK_BOT_TOKEN'],
  ])('hold everything that easel %s loads: it comes as far as saying that it needs %s', async (role, name) => {
    const refused = await runEasel([role], { bin, env: { REDIS_URL: 'redis://127.0.0.1:1' } });
    expect(refused).toMatchObject({ exitCode: 78, stderr: expect.stringContaining(name) });
  });

  it.skipIf('missing' in redisProgram)('serve the web chat', whereFound(redisProgram), async () => {
    const redis = await startRedis();
    const env = { REDIS_URL: redis.url, EASEL_HOME: join(folder, 'home') };
    const web = spawnEasel(['web'], { bin, env });
    try {
      const url = await addressOf(web);
      expect(await (await fetch(url)).text()).toContain('<div id="app"');
      expect((await fetch(`${url}/healthz`)).status).toBe(200);
    } finally {
      web.child.kill('SIGTERM');
      await web.ended();
      await redis.stop();
    }
  });
});
