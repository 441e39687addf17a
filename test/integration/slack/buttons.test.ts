import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buttonsOf, menusOf } from '../../support/slack/fake-slack.ts';
import { BAG, connected, DRESS, MENTION, PATTERN, startTalk, type Talk } from '../../support/slack/talk.ts';
import type { FakeMessage } from '../../support/slack/workspace.ts';
import { createGate } from '../../support/web/gate.ts';
import { createPaintingEngine } from '../../support/web/painting-engine.ts';

let talk: Talk;
let gate: ReturnType<typeof createGate>;
let message: FakeMessage;

beforeEach(async () => {
  gate = createGate();
  talk = await startTalk({ engine: createPaintingEngine({ steps: 1, beforeStep: () => gate.pass() }) });
  const files = [await talk.picture(BAG), await talk.picture(DRESS)];
  message = await talk.slack.say(talk.ana, talk.channel, { text: `${MENTION} ${PATTERN}`, files });
});
afterEach(async () => {
  gate.open();
  await talk.stop();
});

const labelsOf = (post: FakeMessage) => buttonsOf(post).map(({ text }) => text.text);

async function cardBeingMade(): Promise<FakeMessage> {
  const card = await talk.card(talk.channel.id, message.ts);
  await talk.workspace.until('the reading on the card', () => labelsOf(card).includes('Generate'));
  return card;
}

describe('buttons while a picture is made', () => {
  it('let the person who asked cancel', async () => {
    const card = await cardBeingMade();
    expect(labelsOf(card)).toEqual(['Cancel', 'Swap images', 'Generate']);
    await talk.slack.press(talk.ana, card, 'Cancel');
    await talk.post(talk.channel.id, message.ts, /Cancelled\.$/);
    gate.open();
    await talk.easel.jobs.idle();
    expect(talk.results(talk.channel.id, message.ts)).toEqual([]);
  });

  it('let nobody else cancel, and tell only them, but let an admin', async () => {
    const card = await cardBeingMade();
    await talk.slack.press(talk.ben, card, 'Cancel');
    const refusal = await talk.post(talk.channel.id, message.ts, 'Only the person who asked for it, or an admin');
    expect(refusal.ephemeralFor).toBe(talk.ben.id);
    await talk.slack.press(talk.admin, card, 'Cancel');
    await talk.post(talk.channel.id, message.ts, /Cancelled\.$/);
  });

  it('change an edit into a new picture', async () => {
    const card = await cardBeingMade();
    await talk.slack.press(talk.ana, card, 'Generate');
    await talk.workspace.until('the other reading', () =>
      card.text.startsWith('Making a new picture from image 1 + image 2'),
    );
    gate.open();
    await talk.result(talk.channel.id, message.ts);
    expect(talk.results(talk.channel.id, message.ts)).toHaveLength(1);
  });
});

describe('menus of a card', () => {
  const chosenIn = (post: FakeMessage) =>
    menusOf(post).map((menu) =>
      menu.type === 'static_select'
        ? [menu.initial_option?.value]
        : (menu.initial_options ?? []).map(({ value }) => value),
    );

  it('show what was understood, take a correction, and begin anew with it', async () => {
    const card = await cardBeingMade();
    await talk.workspace.until('the menus', () => menusOf(card).length > 0);
    expect(chosenIn(card)).toEqual([['1'], ['2']]);
    const blocks = menusOf(card).map(({ block_id: id }) => id);
    await talk.slack.choose(talk.ana, card, 'base', ['2']);
    await talk.workspace.until('the other reading', () => card.text.startsWith('Editing image 2 using image 1'));
    expect(chosenIn(card)).toEqual([['2'], ['1']]);
    expect(menusOf(card).map(({ block_id: id }) => id)).not.toEqual(blocks);
    gate.open();
    await talk.result(talk.channel.id, message.ts);
    expect(talk.results(talk.channel.id, message.ts)).toHaveLength(1);
  });

  it('belong to the person who asked while it is made', async () => {
    const card = await cardBeingMade();
    await talk.workspace.until('the menus', () => menusOf(card).length > 0);
    await talk.slack.choose(talk.ben, card, 'references', []);
    const refusal = await talk.post(talk.channel.id, message.ts, 'Only the person who asked for it, or an admin');
    expect(refusal.ephemeralFor).toBe(talk.ben.id);
    talk.slack.repeatEvents(3);
    await talk.slack.choose(talk.ana, card, 'references', []);
    await talk.workspace.until('the other reading', () => card.text.startsWith('Editing image 1  #'));
    gate.open();
    await talk.result(talk.channel.id, message.ts);
    await talk.easel.jobs.idle();
    expect(talk.results(talk.channel.id, message.ts)).toHaveLength(1);
  });
});

describe('buttons of a result', () => {
  beforeEach(() => gate.open());

  it('let anyone retry, once however often the press is delivered', async () => {
    const { actions } = await talk.result(talk.channel.id, message.ts);
    talk.slack.repeatEvents(3);
    await talk.slack.press(talk.ben, actions, 'Retry');
    const second = await talk.result(talk.channel.id, message.ts, 2);
    expect(second.picture.text).toContain('image 4 · from image 1 + image 2');
    await talk.easel.jobs.idle();
    expect(talk.results(talk.channel.id, message.ts)).toHaveLength(2);
    const [first, again] = talk.results(talk.channel.id, message.ts).map(({ files }) => files[0]?.bytes);
    expect(Buffer.from(first ?? []).equals(Buffer.from(again ?? []))).toBe(false);
  });

  it('undo for the person who asked, and say so to everybody', async () => {
    const { actions } = await talk.result(talk.channel.id, message.ts);
    await talk.slack.press(talk.ben, actions, 'Undo');
    await talk.post(talk.channel.id, message.ts, 'Only the person who asked for it');
    await talk.slack.press(talk.ana, actions, 'Undo');
    const said = await talk.post(talk.channel.id, message.ts, '“It” means image 1 again; image 3 keeps its number.');
    expect(said.ephemeralFor).toBeUndefined();
    await talk.slack.say(talk.ana, talk.channel, { text: 'make it red', thread: message.ts });
    const { picture } = await talk.result(talk.channel.id, message.ts, 2);
    expect(picture.text).toContain('image 4 · from image 1');
  });

  it('show the details of the very result they belong to, to the person who asks', async () => {
    const { actions } = await talk.result(talk.channel.id, message.ts);
    await talk.slack.press(talk.ana, actions, 'Retry');
    await talk.result(talk.channel.id, message.ts, 2);
    await talk.slack.press(talk.ben, actions, 'Details');
    const details = await talk.post(talk.channel.id, message.ts, /^edit · seed/);
    expect(details.ephemeralFor).toBe(talk.ben.id);
    const id = await talk.easel.documents.resolve(`message:slack:${talk.channel.id}:${message.ts}`);
    const { images } = await talk.easel.deps.manager.get(id ?? expect.fail('no conversation'));
    const third = images.find(({ number }) => number === 3);
    const seed = third?.status === 'ready' ? third.lineage?.seed : undefined;
    expect(details.text).toContain(`seed ${seed}`);
  });

  it('work after a restart of the bot, on cards and results alike', async () => {
    const { actions } = await talk.result(talk.channel.id, message.ts);
    const card = await talk.post(talk.channel.id, message.ts, /Done · image 3$/);
    await talk.easel.stopBot();
    await talk.easel.startBot();
    await connected(talk.slack);
    await talk.slack.press(talk.ana, actions, 'Retry');
    await talk.result(talk.channel.id, message.ts, 2);
    await talk.workspace.until('the card of the new bot', () => card.text.endsWith('Done · image 3, image 4'));
    await talk.slack.press(talk.ana, card, 'Generate');
    await talk.result(talk.channel.id, message.ts, 3);
  });

  it('of other apps or other versions are left alone', async () => {
    const { actions } = await talk.result(talk.channel.id, message.ts);
    await talk.easel.jobs.idle();
    const before = talk.workspace.messages.length;
    const forged = { ...actions, blocks: [button('v9:retry:zzz')] };
    await talk.slack.press(talk.ana, forged, 'Odd');
    await talk.slack.press(talk.ana, actions, 'Details');
    await talk.post(talk.channel.id, message.ts, /^edit · seed/);
    expect(talk.workspace.messages.length - before).toBe(1);
  });
});

function button(value: string) {
  const text = { type: 'plain_text' as const, text: 'Odd' };
  return { type: 'actions' as const, elements: [{ type: 'button' as const, action_id: 'easel-odd', text, value }] };
}
