import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buttonsOf } from '../../support/slack/fake-slack.ts';
import { BAG, DRESS, MENTION, PATTERN, startTalk, type Talk } from '../../support/slack/talk.ts';
import { createGate } from '../../support/web/gate.ts';
import { createPaintingEngine } from '../../support/web/painting-engine.ts';

let talk: Talk;
beforeEach(async () => {
  talk = await startTalk();
});
afterEach(() => talk.stop());

async function ask(text = PATTERN) {
  const { slack, ana, channel, picture } = talk;
  const files = [await picture(BAG), await picture(DRESS)];
  return await slack.say(ana, channel, { text: `${MENTION} ${text}`, files });
}

describe('a mention with pictures', () => {
  it('is answered in its thread: a card within a second, then the numbered result with its alt text', async () => {
    const message = await ask();
    const card = await talk.card(talk.channel.id, message.ts);
    expect(card.postedAtMs - message.postedAtMs).toBeLessThan(1000);
    expect(message.reactions).toEqual(['eyes']);

    const { picture, actions } = await talk.result(talk.channel.id, message.ts);
    expect(picture.text).toMatch(/^image 3 · from image 1 \+ image 2 · \d+ s$/);
    expect(picture.files[0]?.name).toBe('image-3.png');
    expect(picture.files[0]?.altText).toContain('pattern');
    expect(buttonsOf(actions).map(({ text }) => text.text)).toEqual(['Retry', 'Undo', 'Details']);
    expect(talk.byEasel(talk.channel.id, undefined)).toEqual([]);

    await talk.post(talk.channel.id, message.ts, /Done · image 3$/);
    expect(card.text.split('\n').slice(0, 2).join(' ')).toContain('Editing image 1 using image 2');
  });

  it('is one request, though it comes by two events and each of them twice', async () => {
    talk.slack.repeatEvents(2);
    const message = await ask();
    await talk.result(talk.channel.id, message.ts);
    await talk.easel.jobs.idle();
    expect(talk.slack.delivery.deliveries).toHaveLength(4);
    expect(talk.results(talk.channel.id, message.ts)).toHaveLength(1);
  });

  it('asks for a picture where there is none, and goes on when one comes in the thread', async () => {
    const { slack, ana, channel, picture } = talk;
    const message = await slack.say(ana, channel, { text: `${MENTION} make it red` });
    await talk.post(channel.id, message.ts, "I don't see an image yet");
    await slack.say(ana, channel, { text: 'Make the bag red', thread: message.ts, files: [await picture(BAG)] });
    const result = await talk.result(channel.id, message.ts);
    expect(result.picture.text).toContain('image 2 · from image 1');
  });
});

describe('a thread that Easel was called into', () => {
  it('goes on without a mention; “it” is the last result, and numbers go on', async () => {
    const message = await ask();
    await talk.result(talk.channel.id, message.ts);
    await talk.slack.say(talk.ben, talk.channel, { text: 'make it red', thread: message.ts });
    const second = await talk.result(talk.channel.id, message.ts, 2);
    expect(second.picture.text).toContain('image 4 · from image 3');
  });

  it('uses the pictures of the message that the thread hangs on', async () => {
    const { slack, ana, ben, channel, picture } = talk;
    const root = await slack.say(ana, channel, {
      text: 'my new things',
      files: [await picture(BAG), await picture(DRESS)],
    });
    await slack.say(ben, channel, { text: `${MENTION} ${PATTERN}`, thread: root.ts });
    const { picture: result } = await talk.result(channel.id, root.ts);
    expect(result.text).toContain('image 3 · from image 1 + image 2');
  });

  it('numbers the pictures above it first, then those of the message', async () => {
    const { slack, ana, channel, picture } = talk;
    const root = await slack.say(ana, channel, { text: 'my bag', files: [await picture(BAG)] });
    await slack.say(ana, channel, { text: `${MENTION} ${PATTERN}`, thread: root.ts, files: [await picture(DRESS)] });
    await talk.result(channel.id, root.ts);
    const id = await talk.easel.documents.resolve(`message:slack:${channel.id}:${root.ts}`);
    const { images } = await talk.easel.deps.manager.get(id ?? expect.fail('the thread leads to no conversation'));
    expect(images.map((image) => [image.number, image.status === 'ready' ? image.name : image.status])).toEqual([
      [1, 'bag.png'],
      [2, 'dress.png'],
      [3, undefined],
    ]);
  });

  it('stays silent when people talk to each other, when bots write, and in threads that it was never called into', async () => {
    const { slack, ana, ben, channel } = talk;
    const message = await ask();
    await talk.result(talk.channel.id, message.ts);
    await talk.easel.jobs.idle();
    const before = talk.workspace.messages.length;
    const other = await slack.say(ana, channel, { text: 'make it green' });
    await slack.say(ben, channel, { text: 'make it blue', thread: other.ts });
    await slack.say(ana, channel, { text: `<@${ben.id}> make it blue, do you like it?`, thread: message.ts });
    await slack.say(ben, channel, { text: `hey <@${ana.id}>, make it yours`, thread: message.ts });
    await slack.say(ana, channel, { text: 'make it blue', thread: message.ts, subtype: 'message_changed' });
    // The last event of all: what came before it has been decided on by then.
    await slack.say(ana, channel, { text: 'help', thread: message.ts });
    await talk.post(channel.id, message.ts, 'Send one or more images');
    expect(talk.workspace.messages.length - before).toBe(7);
  });

  it('understands undo, again, cancel and help as words', async () => {
    const { slack, ana, channel } = talk;
    const message = await ask();
    await talk.result(channel.id, message.ts);
    await slack.say(ana, channel, { text: 'undo', thread: message.ts });
    await talk.post(channel.id, message.ts, '“It” means image 1 again; image 3 keeps its number.');
    await slack.say(ana, channel, { text: 'again', thread: message.ts });
    await talk.result(channel.id, message.ts, 2);
    await slack.say(ana, channel, { text: 'cancel', thread: message.ts });
    await talk.post(channel.id, message.ts, 'nothing to cancel');
  });
});

describe('a direct message', () => {
  it('needs no mention, stays at the top level, and is one conversation', async () => {
    const { slack, ana, picture, workspace } = talk;
    const direct = workspace.addChannel('im');
    const files = [await picture(BAG), await picture(DRESS)];
    await slack.say(ana, direct, { text: PATTERN, files });
    await talk.result(direct.id, undefined);
    await slack.say(ana, direct, { text: 'make it blue' });
    const { picture: second } = await talk.result(direct.id, undefined, 2);
    expect(second.text).toContain('image 4 · from image 3');
  });

  it('has conversations of its own in its threads, about the picture that they hang on', async () => {
    const { slack, ana, picture, workspace } = talk;
    const direct = workspace.addChannel('im');
    await slack.say(ana, direct, { text: PATTERN, files: [await picture(BAG), await picture(DRESS)] });
    const { picture: result } = await talk.result(direct.id, undefined);
    await slack.say(ana, direct, { text: 'make it blue', thread: result.ts });
    const { picture: second } = await talk.result(direct.id, result.ts);
    expect(second.text).toContain('image 2 · from image 1');
  });
});

describe('while a picture is made', () => {
  it('shows the steps by editing the card, the latest only, and withdraws what was deleted', async () => {
    await talk.stop();
    const gate = createGate();
    talk = await startTalk({ engine: createPaintingEngine({ steps: 4, beforeStep: () => gate.pass() }) });
    const message = await ask();
    const card = await talk.card(talk.channel.id, message.ts);
    for (let step = 1; step <= 2; step += 1) {
      await gate.reached();
      gate.letOne();
    }
    await talk.post(talk.channel.id, message.ts, 'Working · 2/4 steps · 50 %');
    await talk.slack.remove(talk.channel, message);
    await talk.post(talk.channel.id, message.ts, /Cancelled\.$/);
    gate.open();
    await talk.easel.jobs.idle();
    expect(talk.results(talk.channel.id, message.ts)).toEqual([]);
    expect(card.versions.length).toBeLessThanOrEqual(6);
  });
});
