import { randomBytes } from 'node:crypto';
import { PermissionFlagsBits } from 'discord.js';
import sharp from 'sharp';
import { afterAll, describe, expect, it } from 'vitest';
import { startDiscordFile } from '../../support/discord/discord-chat.ts';

const { chat, discord, see, bag, room, to } = await startDiscordFile('posting');
afterAll(() => chat.stop());

const messagesOf = (id: string) => new RegExp(`^/channels/${id}/messages$`);

describe('posting on Discord', () => {
  it('answers the message, in the result with a ping for the person, and with no other', async () => {
    const { channel, ana } = room();
    const message = discord.say(ana, channel, to('draw a cat for @everyone'));
    const result = await see.result(channel, 1);
    expect(result.message_reference).toEqual({ message_id: message.id });
    expect(result.allowedMentions).toEqual({ parse: [], replied_user: true });
    expect(discord.posts(channel)[0]?.allowedMentions).toEqual({ parse: [], replied_user: false });
    expect(result.attachments[0]).toMatchObject({ filename: 'image-1.png', content_type: 'image/png' });
  });

  it('shows what people wrote as they wrote it', async () => {
    const { channel, ana } = room();
    // At its end the card says no more what was asked.
    chat.hold();
    discord.say(ana, channel, to('draw a *big* cat [here](https://example.com)'));
    const card = await see.post(channel, /big/);
    expect(card.content).toContain('\\*big\\*');
    chat.release();
    await see.result(channel, 1);
  });

  it.each(['lost', 'server'] as const)('posts once where the answer is %s', async (kind) => {
    const { channel, ana } = room();
    const answer = kind === 'lost' ? ('lost' as const) : { status: 500, body: {} };
    // The card and the result, the first try of each.
    for (let post = 0; post < 2; post += 1) discord.fail({ method: 'POST', path: messagesOf(channel.id), answer });
    discord.say(ana, channel, to('draw a cat'));
    await see.result(channel, 1);
    discord.say(ana, channel, to('draw a boat'));
    await see.result(channel, 2);
    expect(discord.posts(channel)).toHaveLength(4);
  });

  it('finds its own post by the mark in its buttons when the nonce is forgotten', async () => {
    const { channel, ana } = room();
    discord.settings.remembersNonces = false;
    discord.fail({ method: 'POST', path: messagesOf(channel.id), answer: 'lost' });
    discord.say(ana, channel, to('help'));
    await see.post(channel, /undo to image 3/);
    await chat.jobs.idle();
    for (let post = 0; post < 2; post += 1) {
      discord.fail({ method: 'POST', path: messagesOf(channel.id), answer: 'lost' });
    }
    discord.say(ana, channel, to('draw a boat'));
    await see.result(channel, 1);
    await chat.jobs.idle();
    discord.settings.remembersNonces = true;
    expect(discord.posts(channel).map(({ attachments }) => attachments.length)).toEqual([0, 0, 1]);
  });

  it('waits as long as Discord asks', async () => {
    const { channel, ana } = room();
    const limited = {
      status: 429,
      body: { message: 'slow', retry_after: 0.2, global: false },
      headers: { 'retry-after': '0.2' },
    };
    discord.fail({ method: 'POST', path: messagesOf(channel.id), answer: limited });
    discord.say(ana, channel, to('draw a cat'));
    await see.result(channel, 1);
    expect(discord.posts(channel)).toHaveLength(2);
  });

  it('posts without a reference when the message is gone', async () => {
    const { channel, ana } = room();
    chat.hold();
    const message = discord.say(ana, channel, to('draw a cat'));
    await chat.held();
    discord.world.removeMessage(channel.id, message.id);
    chat.release();
    expect((await see.result(channel, 1)).message_reference).toBeUndefined();
  });

  it('sends a smaller copy and says so where the file is too large', async () => {
    const { channel, ana } = room();
    discord.settings.uploadLimitBytes = 60_000;
    const noise = await sharp(randomBytes(300 * 300 * 3), { raw: { width: 300, height: 300, channels: 3 } })
      .png()
      .toBuffer();
    discord.say(ana, channel, to('make image 1 red'), { files: [{ name: 'noise.png', bytes: noise }] });
    const result = await see.result(channel, 2);
    discord.settings.uploadLimitBytes = 10 * 1024 * 1024;
    expect(result.content).toMatch(/this is a smaller copy/);
    expect(result.attachments[0]).toMatchObject({ filename: 'image-2.jpeg', content_type: 'image/jpeg' });
    expect(see.bytesOf(result).length).toBeLessThanOrEqual(60_000);
  });

  it('says what it is not allowed to do, in the channel or to the person alone', async () => {
    const { channel, ana } = room();
    discord.deny(channel, PermissionFlagsBits.AttachFiles);
    discord.say(ana, channel, to('make it red'), { files: [bag] });
    await see.post(channel, /not allowed to: Attach Files/);
    discord.deny(channel, PermissionFlagsBits.SendMessages);
    discord.say(ana, channel, to('make it red'), { files: [bag] });
    const direct = discord.world.directWith(ana);
    await see.post(direct, new RegExp(`#${channel.name}.*Send Messages`));
    expect(discord.posts(channel)).toHaveLength(1);
  });

  it('gives the person alone what the place forbids meanwhile, and says so', async () => {
    const { channel, ana } = room();
    chat.hold();
    discord.say(ana, channel, to('draw a cat'));
    await see.post(channel, /cat/);
    channel.denied = PermissionFlagsBits.SendMessages;
    chat.release();
    const direct = discord.world.directWith(ana);
    const result = await see.result(direct, 1);
    expect(result.content).toMatch(/^I finished this, but I am not allowed to post where you asked for it\./);
    expect(see.results(direct)).toHaveLength(1);
    const logged = chat.logger.lines.find(({ fields }) => fields['event'] === 'place-forbidden');
    expect(logged?.fields['fix']).toContain('Edit Channel > Permissions');
    channel.denied = 0n;
  });

  it('gives up a result that may not be posted anywhere, and goes on when it may again', async () => {
    const { channel, ana } = room();
    chat.hold();
    discord.say(ana, channel, to('draw a cat'));
    await chat.held();
    channel.denied = PermissionFlagsBits.AttachFiles;
    const takesNone = { status: 403, body: { code: 50007, message: 'Cannot send messages to this user' } };
    discord.fail({ method: 'POST', path: /^\/users\/@me\/channels$/, answer: takesNone });
    chat.release();
    await see.post(channel, /not allowed to post/);
    channel.denied = 0n;
    discord.say(ana, channel, to('make it red'));
    await see.result(channel, 2);
  });
});

describe('the card on Discord', () => {
  it('is edited, not faster than allowed, and collapses to one small line at the end', async () => {
    const { channel, ana } = room();
    discord.say(ana, channel, to('draw a cat'));
    const card = await see.post(channel, /^-# .*Done · image 1/);
    expect(card.content).not.toContain('\n');
    const gaps = card.editsAt.slice(1).map((at, index) => at - (card.editsAt[index] ?? 0));
    for (const gap of gaps) expect(gap).toBeGreaterThan(20);
  });

  it('is left alone once it is deleted', async () => {
    const { channel, ana } = room();
    chat.hold();
    discord.say(ana, channel, to('draw a cat'));
    const card = await see.post(channel, /Working|Queued|Got it/);
    await chat.held();
    discord.world.removeMessage(channel.id, card.id);
    const before = discord.requests.length;
    chat.release();
    await see.result(channel, 1);
    discord.say(ana, channel, to('draw a boat'));
    await see.post(channel, /Done · image 2/);
    const tries = discord.requests.slice(before).filter((each) => each.startsWith('PATCH') && each.endsWith(card.id));
    expect(tries).toHaveLength(1);
  });
});
