import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Production, startProduction } from '../../support/production.ts';
import { whereFound } from '../../support/servers/find-program.ts';
import { redisProgram } from '../../support/servers/redis.ts';
import { APP_TOKEN, BOT_TOKEN, buttonsOf, type FakeSlack, startFakeSlack } from '../../support/slack/fake-slack.ts';
import { BAG, connected, DRESS, MENTION, PATTERN, viewOf } from '../../support/slack/talk.ts';
import type { FakeChannel, FakeUser } from '../../support/slack/workspace.ts';

const PEOPLE = 20;
const SLACKS_PATIENCE_MS = 3000;
const WITHIN_MS = 150_000;
const options = { timeout: 2 * WITHIN_MS, ...whereFound(redisProgram) };

interface Talker {
  readonly person: FakeUser;
  readonly place: FakeChannel;
  readonly thread: string | undefined;
}

describe('twenty people on Slack, two workers, one of which is killed', options, () => {
  let slack: FakeSlack;
  let production: Production;
  beforeEach(async () => {
    slack = await startFakeSlack();
    const tokens = { SLACK_BOT_TOKEN: BOT_TOKEN, SLACK_APP_TOKEN: APP_TOKEN };
    production = await startProduction({ platform: 'slack', url: slack.baseUrl, tokens, workers: 2 });
    await production.startBot();
    await connected(slack);
  }, 300_000);
  afterEach(async () => {
    await production.stop();
    await slack.stop();
  });

  it('every message gets its picture exactly once, in order, and Slack never waits', async () => {
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
    const interrupted = await production.killBusyWorker();

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
    // What the killed worker was making was begun again by the other one.
    expect(Math.max(...(await production.runsOf(interrupted)))).toBeGreaterThan(1);
  });
});
