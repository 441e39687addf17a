import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { z } from 'zod';
import { startEasel } from '../../../cli/easel.ts';
import { loadConfig } from '../../../core/config.ts';
import type { Stop } from '../../../core/ports.ts';
import { startChild } from '../../support/child-process.ts';
import { createMemoryLogger } from '../../support/fakes/logger.ts';
import { redisProgram, startRedis } from '../../support/servers/redis.ts';
import { APP_TOKEN, BOT_TOKEN, startFakeSlack } from '../../support/slack/fake-slack.ts';
import { BAG, connected, DRESS, MENTION, PATTERN, viewOf } from '../../support/slack/talk.ts';
import { tinyModel } from '../../support/tiny-model.ts';

const saidSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ready'), queues: z.array(z.string()) }),
  z.object({ kind: z.literal('libraries'), libraries: z.array(z.string()) }),
]);
type Said = z.infer<typeof saidSchema>;

const stops: Stop[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop();
});

it.skipIf('missing' in redisProgram)(
  'the bot runs apart from the worker, over Redis, and never loads onnxruntime',
  async () => {
    const redis = await startRedis();
    const slack = await startFakeSlack();
    const home = await mkdtemp(join(tmpdir(), 'easel-bot-'));
    stops.push(redis.stop, slack.stop, () => rm(home, { recursive: true, force: true }));
    const model = tinyModel('small');
    const env = {
      REDIS_URL: redis.url,
      EASEL_HOME: home,
      SLACK_BOT_TOKEN: BOT_TOKEN,
      SLACK_APP_TOKEN: APP_TOKEN,
    };
    const worker = await startEasel(
      { config: loadConfig(env), modelFolder: model, logger: createMemoryLogger() },
      { web: false, work: true },
    );
    stops.push(worker.stop);
    const script = new URL('../../support/children/slack-child.ts', import.meta.url);
    const bot = startChild<Said>(script, [model, slack.baseUrl], (message) => saidSchema.parse(message), env);
    stops.push(() => bot.kill('SIGKILL'));
    const ready = await bot.says((said) => said.kind === 'ready');
    expect(ready.queues).toEqual(['deliver-slack']);
    await connected(slack);

    const { picture, result } = viewOf(slack);
    const { workspace } = slack;
    const channel = workspace.addChannel('channel');
    const files = [await picture(BAG), await picture(DRESS)];
    const message = await slack.say(workspace.addUser(), channel, { text: `${MENTION} ${PATTERN}`, files });
    const made = await result(channel.id, message.ts, 1, 60_000);
    expect(made.picture.text).toContain('image 3 · from image 1 + image 2');

    bot.send({ kind: 'report' });
    const isLibraries = (said: Said): said is Extract<Said, { kind: 'libraries' }> => said.kind === 'libraries';
    const { libraries } = await bot.says(isLibraries);
    // It did load what it decodes pictures with, so the list is a real one.
    expect(libraries.join('\n')).toContain('sharp');
    expect(libraries.filter((library) => library.includes('onnxruntime'))).toEqual([]);
  },
  180_000,
);
