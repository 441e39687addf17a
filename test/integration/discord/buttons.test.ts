import { PermissionFlagsBits } from 'discord.js';
import { afterAll, describe, expect, it } from 'vitest';
import { startDiscordFile } from '../../support/discord/discord-chat.ts';
import type { FakeChannel, FakeMessage } from '../../support/discord/discord-world.ts';
import type { InteractionRecord } from '../../support/discord/rest-api.ts';

const { chat, discord, see, bag, dress, room, to } = await startDiscordFile('buttons');
afterAll(() => chat.stop());

const DEFER_UPDATE = 6;
const MESSAGE = 4;
const MODAL = 9;
const EPHEMERAL = 64;
const whispered = (press: InteractionRecord) => discord.until(() => press.followUps[0]);

/** Ana's request is being made and waits. */
async function heldCard(channel: FakeChannel): Promise<FakeMessage> {
  chat.hold();
  discord.say(discord.person('ana'), channel, to('make it red'), { files: [bag] });
  const card = await see.post(channel, /Editing image 1/);
  await chat.held();
  return card;
}

describe('a button on Discord', () => {
  it('is acknowledged first, within Discord’s three seconds', async () => {
    const { channel, ana } = room();
    discord.say(ana, channel, to('draw a cat'));
    const press = discord.press(ana, await see.result(channel, 1), 'Retry');
    await see.result(channel, 2);
    expect(press.answers).toEqual([{ type: DEFER_UPDATE }]);
    expect(press.ackMs).toBeLessThan(1000);
  });

  it('of somebody else’s request does not stop it, or take back its result', async () => {
    const { channel, ben } = room();
    const card = await heldCard(channel);
    const refused = await whispered(discord.press(ben, card, 'Cancel'));
    expect(refused).toMatchObject({ content: expect.stringMatching(/Only the person who asked/), flags: EPHEMERAL });
    chat.release();
    const result = await see.result(channel, 2);
    expect(await whispered(discord.press(ben, result, 'Undo'))).toMatchObject({ flags: EPHEMERAL });
  });

  it('of somebody else’s request works for moderators', async () => {
    const { channel, ben } = room();
    const card = await heldCard(channel);
    discord.press(ben, card, 'Cancel', { permissions: PermissionFlagsBits.ManageMessages });
    await see.post(channel, /Cancelled\./);
    chat.release();
    expect(see.results(channel)).toEqual([]);
  });

  it('Retry works for everybody', async () => {
    const { channel, ana, ben } = room();
    discord.say(ana, channel, to('draw a cat'));
    discord.press(ben, await see.result(channel, 1), 'Retry');
    const again = await see.result(channel, 2);
    expect(again.message_reference?.message_id).toBe(discord.world.messagesIn(channel.id)[0]?.id);
  });

  it('Undo tells everybody, as an answer to the result', async () => {
    const { channel, ana } = room();
    discord.say(ana, channel, to('make it red'), { files: [bag] });
    const result = await see.result(channel, 2);
    discord.press(ana, result, 'Undo');
    const said = await see.post(channel, /Undone.*image 1 again/);
    expect(said.message_reference?.message_id).toBe(result.id);
  });

  it('Details tells only who pressed, about the result that carries it', async () => {
    const { channel, ana, ben } = room();
    discord.say(ana, channel, to('draw a cat'));
    const first = await see.result(channel, 1);
    discord.press(ana, first, 'Retry');
    const second = await see.result(channel, 2);
    const [one, other] = [
      await whispered(discord.press(ben, first, 'Details')),
      await whispered(discord.press(ben, second, 'Details')),
    ];
    expect(one).toMatchObject({ content: expect.stringMatching(/seed \d+.*painting/), flags: EPHEMERAL });
    expect(other['content']).not.toBe(one['content']);
  });

  it('answers the question which image is meant', async () => {
    const { channel, ana } = room();
    discord.say(ana, channel, to('make the bag red'), { files: [bag, dress, bag] });
    const asked = await discord.until(() =>
      discord.posts(channel).find(({ components }) => JSON.stringify(components).includes('Image 2')),
    );
    expect(asked.content).toContain('Which one should I change?');
    discord.press(ana, asked, 'Image 2');
    await see.result(channel, 4);
    await see.post(channel, /Editing image 2/);
  });

  it('that nobody knows any more says so', async () => {
    const { channel, ana } = room();
    const button = { type: 2, label: 'Old', custom_id: 'v0:gone' } as const;
    const post = discord.world.addMessage({
      channel_id: channel.id,
      author: discord.world.bot,
      content: '',
      components: [{ components: [button] }],
    });
    expect(await whispered(discord.press(ana, post, 'Old'))).toMatchObject({
      content: expect.stringMatching(/don't know that request any more/),
      flags: EPHEMERAL,
    });
  });
});

describe('the commands on Discord', () => {
  it('are registered: /easel help, and the menu of every message', () => {
    expect(discord.commands).toMatchObject([
      { name: 'easel', options: [{ name: 'help' }] },
      { name: 'Edit this image', type: 3 },
    ]);
  });

  it('/easel help is answered to the person alone', async () => {
    const { channel, ana } = room();
    const command = discord.command(ana, channel);
    const [answer] = await discord.until(() => (command.answers.length > 0 ? command.answers : undefined));
    expect(answer).toMatchObject({
      type: MESSAGE,
      data: { content: expect.stringContaining('undo to image 3'), flags: EPHEMERAL },
    });
  });

  it('"Edit this image" asks what to change and makes it of the picture in that message', async () => {
    const { channel, ana, ben } = room();
    const shown = discord.say(ben, channel, 'my dress', { files: [dress] });
    const menu = discord.openMenu(ana, shown);
    const [form] = await discord.until(() => (menu.answers.length > 0 ? menu.answers : undefined));
    expect(form).toMatchObject({ type: MODAL, data: { title: 'Edit this image' } });
    const submitted = discord.submitForm(ana, channel, String(form?.data?.['custom_id']), 'make it green');
    const result = await see.result(channel, 2);
    expect(submitted.answers).toMatchObject([{ type: MESSAGE, data: { flags: EPHEMERAL } }]);
    expect(result.message_reference?.message_id).toBe(shown.id);
    await see.post(channel, /Editing image 1/);
  });
});
