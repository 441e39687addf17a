import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createSlackBot } from '../../../bots/slack/create-slack-bot.ts';
import { createConversationManager } from '../../../core/conversation-manager.ts';
import { createRuleInterpreter } from '../../../core/intent-rules.ts';
import type { Stop } from '../../../core/ports.ts';
import { Secret } from '../../../core/secret.ts';
import { createTexts } from '../../../core/texts/catalogue.ts';
import { en } from '../../../core/texts/en.ts';
import { createImageIntake } from '../../../queue/inference/image-intake.ts';
import { openBackend } from '../../../queue/open-backend.ts';
import { createWorkers } from '../../../queue/workers.ts';
import { createMemoryLogger } from '../../support/fakes/logger.ts';
import { APP_TOKEN, BOT_TOKEN, buttonsOf, type FakeSlack, startFakeSlack } from '../../support/slack/fake-slack.ts';
import { BAG, connected, DRESS, MENTION, PATTERN, viewOf } from '../../support/slack/talk.ts';
import type { FakeChannel, FakeUser } from '../../support/slack/workspace.ts';
import { createPaintingEngine } from '../../support/web/painting-engine.ts';

const PEOPLE = 20;
const SLACKS_PATIENCE_MS = 3000;
const WITHIN_MS = 150_000;

let slack: FakeSlack;
let home: string;
const stops: Stop[] = [];

/** The embedded Easel as `easel start` puts it together, with an engine that paints by rules. */
beforeEach(async () => {
  slack = await startFakeSlack();
  home = await mkdtemp(join(tmpdir(), 'easel-crowd-'));
  const clock = { now: () => Date.now() };
  const logger = createMemoryLogger();
  const texts = createTexts(en, 'en');
  const config = { home, redisUrl: undefined, databaseUrl: undefined, blobUrl: undefined };
  const backend = await openBackend(config, { logger, clock }, { timing: { backoffMs: 50 } });
  const engine = createPaintingEngine({ steps: 2 });
  const { id, maxImages } = engine.description;
  const manager = createConversationManager({ ...backend, clock, logger }, { engine: { id, maxImages } });
  const bot = createSlackBot(
    {
      ...backend,
      manager,
      intake: createImageIntake(),
      shrinkImage: () => Promise.resolve(undefined),
      texts,
      clock,
      logger,
    },
    {
      botToken: new Secret(BOT_TOKEN),
      appToken: new Secret(APP_TOKEN),
      endpoints: { apiUrl: slack.apiUrl, fileOrigins: slack.fileOrigins },
      times: { share: { sharedWithinMs: 2000, pollMs: 50 } },
    },
  );
  const interpreter = { main: createRuleInterpreter({ texts }) };
  const stopWorkers = await createWorkers(
    { ...backend, manager, texts, logger },
    { interpreter, engines: [engine], platforms: [bot.platform] },
  );
  bot.start();
  stops.push(bot.stop, stopWorkers, backend.close, slack.stop);
  await connected(slack);
});
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
  await rm(home, { recursive: true, force: true });
});

interface Talker {
  readonly person: FakeUser;
  readonly place: FakeChannel;
  readonly thread: string | undefined;
}

it('twenty people at once: every message gets its picture exactly once, in order, and Slack never waits', async () => {
  const { workspace, faults } = slack;
  const { picture, results, byEasel } = viewOf(slack);
  const channel = workspace.addChannel('channel');
  const [bag, dress] = [await picture(BAG), await picture(DRESS)];
  // Events come twice, Slack is busy, answers get lost, files are seen late, and the line breaks.
  slack.repeatEvents(2);
  slack.hideShares(2);
  faults.add('chat.postMessage', { kind: 'too-many', retryAfterS: 1 }, 2);
  faults.add('chat.postMessage', { kind: 'drop', when: 'after' }, 2);
  faults.add('chat.postMessage', { kind: 'error', error: 'ratelimited' }, 2);
  faults.add('files.completeUploadExternal', { kind: 'drop', when: 'after' }, 2);
  faults.add('files.completeUploadExternal', { kind: 'error', error: 'ratelimited' }, 2);
  faults.add('upload', { kind: 'status', status: 503 });
  faults.add('chat.update', { kind: 'too-many', retryAfterS: 1 }, 2);

  const talkers = await Promise.all(
    Array.from({ length: PEOPLE }, async (_, index): Promise<Talker> => {
      const person = workspace.addUser();
      const isDirect = index % 2 === 1;
      const place = isDirect ? workspace.addChannel('im') : channel;
      const text = isDirect ? PATTERN : `${MENTION} ${PATTERN}`;
      const { ts } = await slack.say(person, place, { text, files: [bag, dress] });
      return { person, place, thread: isDirect ? undefined : ts };
    }),
  );
  slack.socket.disconnect('politely');
  for (const { person, place, thread } of talkers) {
    await slack.say(person, place, { text: 'make it red', ...(thread === undefined ? {} : { thread }) });
  }
  slack.socket.disconnect('by cutting');

  const made = () => talkers.map(({ place, thread }) => results(place.id, thread).length);
  await workspace.until('forty pictures', () => made().every((count) => count >= 2), WITHIN_MS);
  const actionsOf = ({ place, thread }: Talker) =>
    byEasel(place.id, thread).filter((post) => buttonsOf(post).some(({ text }) => text.text === 'Undo'));
  await workspace.until('their buttons', () => talkers.every((talker) => actionsOf(talker).length >= 2), WITHIN_MS);

  for (const talker of talkers) {
    const pictures = results(talker.place.id, talker.thread);
    expect(pictures.map(({ text }) => text.replace(/ · \d+ s$/, ''))).toEqual([
      'image 3 · from image 1 + image 2',
      'image 4 · from image 3',
    ]);
    expect(actionsOf(talker)).toHaveLength(2);
    const cards = byEasel(talker.place.id, talker.thread).filter(({ blocks }) =>
      blocks.some(({ type }) => type === 'context'),
    );
    expect(cards.length).toBeLessThanOrEqual(2);
  }
  const acknowledged = slack.delivery.deliveries.map(({ ackedAfterMs = Number.POSITIVE_INFINITY }) => ackedAfterMs);
  // A mention is two events, every event comes twice, and every person says two things.
  expect(acknowledged).toHaveLength(PEOPLE * 2 * 2 + (PEOPLE / 2) * 2);
  expect(Math.max(...acknowledged)).toBeLessThan(SLACKS_PATIENCE_MS);
}, 240_000);
