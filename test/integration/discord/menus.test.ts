import { afterAll, describe, expect, it } from 'vitest';
import { createCrayon } from '../../support/chat/priced-engines.ts';
import { startDiscordFile } from '../../support/discord/discord-chat.ts';
import type { FakeChannel, FakeMessage } from '../../support/discord/discord-world.ts';
import { isAbout, menusOf } from '../../support/discord/fake-discord.ts';

const { chat, discord, see, bag, dress, room, to } = await startDiscordFile('menus', { others: [createCrayon()] });
afterAll(() => chat.stop());

const EPHEMERAL = 64;
const menuOf = (post: FakeMessage, menu: string) => menusOf(post).find((each) => isAbout(each, menu));
const chosenIn = (post: FakeMessage, menu: string) =>
  menuOf(post, menu)?.options.flatMap((each) => (each.default === true ? [each.value] : []));

/** Ana's request with two images, made. */
async function madeCard(channel: FakeChannel): Promise<FakeMessage> {
  const text = to('Give the bag in image 1 the pattern of the dress in image 2');
  discord.say(discord.person('ana'), channel, text, { files: [bag, dress] });
  await see.result(channel, 3);
  const card = await see.post(channel, /Done · image 3/);
  return await discord.until(() => (menusOf(card).length > 0 ? card : undefined));
}

describe('the menus of a card on Discord', () => {
  it('show what was understood, and show the correction after one', async () => {
    const { channel, ana } = room();
    const card = await madeCard(channel);
    expect([chosenIn(card, 'base'), chosenIn(card, 'references')]).toEqual([['1'], ['2']]);
    expect(menuOf(card, 'base')?.options[1]).toMatchObject({ label: 'Change image 2', description: 'dress.png' });
    const press = discord.choose(ana, card, 'base', ['2']);
    await see.result(channel, 4);
    await discord.until(() => chosenIn(card, 'base')?.[0] === '2' && chosenIn(card, 'references')?.[0] === '1');
    expect(press.answers).toEqual([{ type: 6 }]);
  });

  it('are there for the newest request only', async () => {
    const { channel, ana } = room();
    const card = await madeCard(channel);
    const result = discord.posts(channel).find(({ attachments }) => attachments.length > 0);
    discord.say(ana, channel, to('make it red'), { replyTo: result?.id ?? '' });
    await see.result(channel, 4);
    await discord.until(() => menusOf(card).length === 0);
  });

  it('let others correct what is finished, on their own budget', async () => {
    const { channel, ben } = room();
    const card = await madeCard(channel);
    expect(menuOf(card, 'engine')?.options[1]).toMatchObject({ description: 'crayon 1 · about $0.06' });
    discord.choose(ben, card, 'engine', ['crayon']);
    const paid = await see.result(channel, 4);
    expect(paid.content).toContain('about $0.06');
    const id = (await chat.documents.resolve(`message:discord:${paid.id}`)) ?? expect.fail('no conversation');
    const [turn] = (await chat.deps.manager.get(id)).turns;
    expect(turn?.renders[1]).toMatchObject({ engine: 'crayon', authorId: ben.id });
    expect(turn?.authorId).not.toBe(ben.id);
  });

  it('are refused while it is made, to everybody but who asked', async () => {
    const { channel, ana, ben } = room();
    chat.hold();
    discord.say(ana, channel, to('make image 1 like image 2'), { files: [bag, dress] });
    const card = await see.post(channel, /Editing image 1/);
    await discord.until(() => menuOf(card, 'base'));
    await chat.held();
    const refused = discord.choose(ben, card, 'base', ['2']);
    expect(await discord.until(() => refused.followUps[0])).toMatchObject({ flags: EPHEMERAL });
    discord.choose(ana, card, 'base', ['2']);
    chat.release();
    await see.result(channel, 3);
    await see.post(channel, /Editing image 2 using image 1/);
    expect(see.results(channel)).toHaveLength(1);
  });

  it('that were tampered with are refused with a sentence', async () => {
    const { channel, ana } = room();
    const card = await madeCard(channel);
    const menu = menuOf(card, 'base') ?? expect.fail('no menu');
    const forged = discord.world.addMessage({
      channel_id: channel.id,
      author: discord.world.bot,
      content: '',
      components: [{ components: [{ ...menu, options: [{ value: 'DROP', label: 'x' }] }] }],
    });
    const refused = discord.choose(ana, forged, 'base', ['DROP']);
    expect(await discord.until(() => refused.followUps[0])).toMatchObject({
      content: expect.stringMatching(/couldn't read that request/),
    });
  });
});
