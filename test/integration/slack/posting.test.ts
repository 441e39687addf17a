import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buttonsOf } from '../../support/slack/fake-slack.ts';
import type { Fault } from '../../support/slack/faults.ts';
import { BAG, connected, DRESS, MENTION, PATTERN, startTalk, type Talk } from '../../support/slack/talk.ts';
import { createGate } from '../../support/web/gate.ts';
import { createPaintingEngine } from '../../support/web/painting-engine.ts';

let talk: Talk;
beforeEach(async () => {
  talk = await startTalk();
});
afterEach(() => talk.stop());

async function ask() {
  const files = [await talk.picture(BAG), await talk.picture(DRESS)];
  return await talk.slack.say(talk.ana, talk.channel, { text: `${MENTION} ${PATTERN}`, files });
}

/** One card, one picture, one row of buttons under it: everything once. */
async function expectEverythingOnce(ts: string): Promise<void> {
  await talk.result(talk.channel.id, ts);
  await talk.easel.jobs.idle();
  const posts = talk.byEasel(talk.channel.id, ts);
  const cards = posts.filter(({ blocks }) => blocks.some(({ type }) => type === 'context'));
  const actions = posts.filter((post) => buttonsOf(post).some(({ text }) => text.text === 'Undo'));
  expect({ cards: cards.length, results: talk.results(talk.channel.id, ts).length, actions: actions.length }).toEqual({
    cards: 1,
    results: 1,
    actions: 1,
  });
}

const TOO_MANY: Fault = { kind: 'too-many', retryAfterS: 1 };
const RATE_LIMITED: Fault = { kind: 'error', error: 'ratelimited' };
const LOST_ANSWER: Fault = { kind: 'drop', when: 'after' };
const LOST_CALL: Fault = { kind: 'drop', when: 'before' };

describe('everything is posted exactly once', () => {
  it.each([
    ['chat.postMessage', TOO_MANY],
    ['chat.postMessage', RATE_LIMITED],
    ['chat.postMessage', { kind: 'status', status: 503 }],
    ['chat.postMessage', LOST_CALL],
    ['chat.postMessage', LOST_ANSWER],
    ['files.getUploadURLExternal', RATE_LIMITED],
    ['files.getUploadURLExternal', LOST_ANSWER],
    ['upload', { kind: 'status', status: 500 }],
    ['upload', LOST_CALL],
    ['files.completeUploadExternal', RATE_LIMITED],
    ['files.completeUploadExternal', LOST_CALL],
    ['files.completeUploadExternal', LOST_ANSWER],
    ['files.info', LOST_ANSWER],
  ] as const)('when %s meets %o', async (method, fault) => {
    talk.slack.faults.add(method, fault);
    await expectEverythingOnce((await ask()).ts);
  });

  it('when the answer to the buttons under a result is lost', async () => {
    const message = await ask();
    await talk.card(talk.channel.id, message.ts);
    talk.slack.faults.add('chat.postMessage', LOST_ANSWER);
    await expectEverythingOnce(message.ts);
  });

  it('when Slack takes its time to show an uploaded file', async () => {
    talk.slack.hideShares(5);
    await expectEverythingOnce((await ask()).ts);
  });

  it('when Slack shows an uploaded file so late that the post is tried again', async () => {
    talk.slack.hideShares(30);
    await expectEverythingOnce((await ask()).ts);
  });
});

describe('a bot that stops', () => {
  it('leaves a picture that was finished meanwhile to the next one, which also goes on with the card', async () => {
    await talk.stop();
    const gate = createGate();
    talk = await startTalk({ engine: createPaintingEngine({ steps: 1, beforeStep: () => gate.pass() }) });
    const message = await ask();
    const card = await talk.card(talk.channel.id, message.ts);
    await gate.reached();
    await talk.easel.stopBot();
    gate.open();
    await talk.easel.startBot();
    await connected(talk.slack);
    await expectEverythingOnce(message.ts);
    await talk.workspace.until('the last edit of the card', () => card.text.endsWith('Done · image 3'));
  });
});

describe('cards', () => {
  it('are edited at most every three seconds, and never two within the time that Slack allows', async () => {
    await talk.stop();
    let steps = 0;
    talk = await startTalk({
      engine: createPaintingEngine({
        steps: 40,
        beforeStep: () => {
          steps += 1;
          return new Promise((resolve) => setTimeout(resolve, 50));
        },
      }),
      times: { cards: { everyMs: 500, gapMs: 300 } },
    });
    const first = await ask();
    const card = await talk.card(talk.channel.id, first.ts);
    await talk.workspace.until('the end', () => card.text.endsWith('Done · image 3'), 20_000);
    expect(steps).toBe(40);
    const times = card.versions.map(({ atMs }) => atMs);
    const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThan(450);
    expect(times.length).toBeGreaterThan(3);
  });

  it('wait as long as Slack says when it is too much, and show the latest afterwards', async () => {
    talk.slack.faults.add('chat.update', TOO_MANY);
    const message = await ask();
    const card = await talk.card(talk.channel.id, message.ts);
    await talk.workspace.until('the end', () => card.text.endsWith('Done · image 3'));
    const updates = talk.slack.calls.filter(({ method }) => method === 'chat.update').map(({ atMs }) => atMs);
    expect((updates[1] ?? 0) - (updates[0] ?? 0)).toBeGreaterThanOrEqual(990);
  });

  it('that were deleted are left alone', async () => {
    talk.slack.faults.add('chat.update', { kind: 'error', error: 'message_not_found' }, 100);
    await expectEverythingOnce((await ask()).ts);
  });
});

describe('where Easel may not post', () => {
  it('the person is given the picture alone, once, with what happened', async () => {
    const channel = talk.workspace.addChannel('channel', { hasBot: false });
    const files = [await talk.picture(BAG), await talk.picture(DRESS)];
    await talk.slack.say(talk.ana, channel, { text: `${MENTION} ${PATTERN}`, files });
    const direct = talk.workspace.directWith(talk.ana.id);
    const { picture } = await talk.result(direct.id, undefined);
    await talk.easel.jobs.idle();
    expect(picture.text).toMatch(
      /^I finished this, but I am not allowed to post where you asked for it\. .*image 3 · /s,
    );
    expect(talk.results(direct.id, undefined)).toHaveLength(1);
    expect(talk.byEasel(channel.id, undefined)).toEqual([]);
    const logged = talk.easel.logger.lines.find(({ fields }) => fields['event'] === 'place-forbidden');
    expect(logged?.fields['fix']).toContain('/invite @Easel');
  });

  it('and the person takes no messages either, the request ends as failed', async () => {
    talk.slack.faults.add('conversations.open', { kind: 'error', error: 'user_not_found' }, 100);
    talk.slack.faults.add('chat.postMessage', { kind: 'error', error: 'not_in_channel' }, 100);
    talk.slack.faults.add('files.completeUploadExternal', { kind: 'error', error: 'not_in_channel' }, 100);
    const message = await ask();
    await talk.workspace.until('the upload', () =>
      talk.slack.calls.some(({ method }) => method === 'files.completeUploadExternal'),
    );
    await talk.easel.jobs.idle();
    const id = await talk.easel.documents.resolve(`message:slack:${talk.channel.id}:${message.ts}`);
    const [turn] = (await talk.easel.deps.manager.get(id ?? expect.fail('no conversation'))).turns;
    expect(turn?.status).toBe('failed');
    expect(turn?.error?.code).toBe('PLATFORM_FORBIDDEN');
  });
});
