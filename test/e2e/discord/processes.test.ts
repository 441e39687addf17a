import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { z } from 'zod';
import { startEasel } from '../../../cli/easel.ts';
import { loadConfig } from '../../../core/config.ts';
import type { Stop } from '../../../core/ports.ts';
import { startChild } from '../../support/child-process.ts';
import { drawFiles } from '../../support/discord/discord-chat.ts';
import { startFakeDiscord } from '../../support/discord/fake-discord.ts';
import { createMemoryLogger } from '../../support/fakes/logger.ts';
import { redisProgram, startRedis } from '../../support/servers/redis.ts';
import { tinyModel } from '../../support/tiny-model.ts';

const saidSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ready'), queues: z.array(z.string()) }),
  z.object({ kind: z.literal('libraries'), libraries: z.array(z.string()) }),
]);
type Said = z.infer<typeof saidSchema>;

const PICTURE_WITHIN_MS = 60_000;
const stops: Stop[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop();
});

it.skipIf('missing' in redisProgram)(
  'the bot runs apart from the worker, over Redis, survives kill -9, and never loads onnxruntime',
  async () => {
    const redis = await startRedis();
    const discord = await startFakeDiscord();
    const home = await mkdtemp(join(tmpdir(), 'easel-bot-'));
    stops.push(redis.stop, discord.stop, () => rm(home, { recursive: true, force: true }));
    const model = tinyModel('small');
    const env = { REDIS_URL: redis.url, EASEL_HOME: home, DISCORD_TOKEN: discord.settings.token };
    const worker = await startEasel(
      { config: loadConfig(env), modelFolder: model, logger: createMemoryLogger() },
      { web: false, work: true },
    );
    stops.push(worker.stop);
    const script = new URL('../../support/children/discord-child.ts', import.meta.url);
    const startBot = async () => {
      const child = startChild<Said>(script, [model, discord.origin], (message) => saidSchema.parse(message), env);
      stops.push(() => child.kill('SIGKILL'));
      const ready = await child.says((said) => said.kind === 'ready');
      expect(ready.queues).toEqual(['deliver-discord']);
      return child;
    };
    const first = await startBot();
    await discord.listened();
    const { bag, dress } = await drawFiles();
    const text = `${discord.mention} Give the bag in image 1 the pattern of the dress in image 2`;
    const message = discord.say(discord.person('ana'), discord.general, text, { files: [bag, dress] });
    const posts = () => discord.posts(discord.general);
    await discord.until(() => posts()[0], PICTURE_WITHIN_MS);
    await first.kill('SIGKILL');

    const second = await startBot();
    const result = await discord.until(
      () => posts().find(({ attachments }) => attachments.length > 0),
      PICTURE_WITHIN_MS,
    );
    expect(result.content).toContain('image 3 · from image 1 + image 2');
    expect(result.message_reference?.message_id).toBe(message.id);
    expect(posts()).toHaveLength(2);

    second.send({ kind: 'report' });
    const isLibraries = (said: Said): said is Extract<Said, { kind: 'libraries' }> => said.kind === 'libraries';
    const { libraries } = await second.says(isLibraries);
    // It did load what it decodes pictures with, so the list is a real one.
    expect(libraries.join('\n')).toContain('sharp');
    expect(libraries.filter((library) => library.includes('onnxruntime'))).toEqual([]);
  },
  240_000,
);
