import { afterAll, describe, expect, it } from 'vitest';
import { startDiscordFile } from '../../support/discord/discord-chat.ts';

const { chat, discord, see, bag, dress, room, to } = await startDiscordFile('messages');
afterAll(() => chat.stop());

describe('whom Easel answers on Discord', () => {
  it('not bots, not people who talk to each other, not who opens with another name', async () => {
    const { channel, ana, ben } = room();
    const otherBot = { id: discord.world.newId(), username: 'other', bot: true };
    discord.world.users.set(otherBot.id, otherBot);
    discord.say(otherBot, channel, to('draw a cat'));
    discord.say(ana, channel, 'draw a cat, somebody');
    discord.say(ana, channel, '@everyone draw a cat');
    const result = discord.say(ben, channel, to('draw a boat'));
    const boat = await see.result(channel, 1);
    discord.say(ana, channel, `<@${ben.id}> make it red`, { replyTo: boat.id });
    discord.say(ana, channel, to('draw a dog'));
    await discord.until(() => see.results(channel).length === 2);
    const answered = discord.posts(channel).map(({ message_reference }) => message_reference?.message_id);
    expect(new Set(answered)).toEqual(
      new Set([result.id, discord.world.messagesIn(channel.id).findLast(({ author }) => author === ana)?.id]),
    );
  });

  it('a reply to one of its posts needs no name, and means the picture that it shows', async () => {
    const { channel, ana, ben } = room();
    discord.say(ana, channel, to('make image 1 red'), { files: [bag] });
    const second = await see.result(channel, 2);
    discord.say(ana, channel, 'make it blue', { replyTo: second.id });
    await see.result(channel, 3);
    discord.say(ben, channel, 'make it green', { replyTo: second.id });
    await see.result(channel, 4);
    const readings = () => discord.posts(channel).flatMap(({ content }) => /Editing image \d/.exec(content)?.[0] ?? []);
    // A card is edited at most every few seconds: its last words may come after the picture.
    await discord.until(() => readings().length === 3);
    expect(readings()).toEqual(['Editing image 1', 'Editing image 2', 'Editing image 2']);
  });

  it('the role that Discord made for it is its name too', async () => {
    const { channel, ana } = room();
    discord.say(ana, channel, '<@&900000000000000002> draw a cat');
    expect((await see.result(channel, 1)).attachments[0]?.description).toContain('draw a cat');
  });

  it('everybody in a thread that hangs on one of its posts, whose picture is image 1 there', async () => {
    const { channel, ana, ben } = room();
    discord.say(ana, channel, to('make image 1 red'), { files: [bag] });
    const result = await see.result(channel, 2);
    const thread = discord.addThread(ana, result);
    // Once a picture is made its card says no more which image was which.
    chat.hold();
    discord.say(ben, thread, 'make image 1 blue');
    await see.post(thread, /image 1 = from the message you answered/);
    chat.release();
    await see.result(thread, 2);
    discord.say(ben, thread, `<@${ana.id}> do you like it?`);
    discord.say(ben, thread, 'make it green');
    await see.result(thread, 3);
    expect(see.results(thread)).toHaveLength(2);
    expect(see.results(channel)).toHaveLength(1);
  });

  it('nobody in a thread of other people who did not name it', async () => {
    const { channel, ana } = room();
    const thread = discord.addThread(ana, discord.say(ana, channel, 'look at this'));
    discord.say(ana, thread, 'draw a cat');
    discord.say(ana, thread, to('draw a boat'));
    const result = await see.result(thread, 1);
    expect(result.attachments[0]?.description).toContain('boat');
    expect(see.results(thread)).toHaveLength(1);
  });
});

describe('the images of a message on Discord', () => {
  it('are numbered: the answered message first, then attachments, then links; the card says which is which', async () => {
    const { channel, ana, ben } = room();
    const shown = discord.say(ben, channel, 'my dress', { files: [dress] });
    const linked = discord.say(ben, channel, 'and my bag', { files: [bag] }).attachments[0];
    chat.hold();
    discord.say(ana, channel, to(`Give the bag in image 2 the pattern of image 1, not of ${linked?.url}`), {
      replyTo: shown.id,
      files: [bag],
    });
    const card = await see.post(channel, /image 1 = from the message you answered · image 2 = bag.png/);
    await see.post(channel, /Editing image 2 using image 1/);
    expect(discord.posts(channel)).toEqual([card]);
    chat.release();
    await see.result(channel, 4);
  });

  it('keep their numbers where a download fails, or a file is no picture', async () => {
    const { channel, ana } = room();
    const video = { name: 'film.mp4', bytes: new Uint8Array(10), contentType: 'video/mp4' };
    discord.world.lose('lost.png');
    const lost = { name: 'lost.png', bytes: new Uint8Array(10) };
    chat.hold();
    discord.say(ana, channel, to('make image 3 red'), { files: [video, lost, bag] });
    const card = await see.post(channel, /image 1 isn't a picture I can open \(video\/mp4\)/);
    expect(card.content).toContain("couldn't download image 2");
    chat.release();
    await see.result(channel, 4);
  });

  it('are fetched from Discord only', async () => {
    const { channel, ana } = room();
    discord.say(ana, channel, to('make https://example.com/cat.png red'), { files: [bag] });
    await see.post(channel, /don't download images from that address\. Attach image 2/);
  });

  it('HEIC is named', async () => {
    const { channel, ana } = room();
    const heic = Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'latin1');
    discord.say(ana, channel, to('make it red'), {
      files: [{ name: 'IMG_1.HEIC', bytes: heic, contentType: 'image/heic' }],
    });
    await see.post(channel, /image 1 isn't a picture I can open \(HEIC\)/);
  });

  it('that are too many are refused before they are fetched', async () => {
    const { channel, ana } = room();
    discord.say(ana, channel, to('make it red'), { files: Array.from({ length: 11 }, () => bag) });
    await see.post(channel, /up to 10 images at once; you sent 11/);
  });
});

describe('a message on Discord', () => {
  it('makes one turn, however often it is delivered', async () => {
    const { channel, ana } = room();
    const message = discord.say(ana, channel, to('draw a cat'));
    discord.redeliver(message);
    await see.result(channel, 1);
    discord.redeliver(message);
    discord.say(ana, channel, to('draw a boat'));
    await see.result(channel, 2);
    expect(
      discord.posts(channel).filter(({ message_reference }) => message_reference?.message_id === message.id),
    ).toHaveLength(2);
  });

  it('is told the reason once, however often it is delivered', async () => {
    const { channel, ana } = room();
    const message = discord.say(ana, channel, to('make it red'));
    await see.post(channel, /I don't see an image yet/);
    discord.redeliver(message);
    discord.say(ana, channel, to('help'));
    await see.post(channel, /undo to image 3/);
    expect(discord.posts(channel)).toHaveLength(2);
  });

  it('that was refused may be mended by editing it', async () => {
    const { channel, ana } = room();
    const message = discord.say(ana, channel, to('make it red'));
    await see.post(channel, /I don't see an image yet/);
    discord.edit(message, to('draw a cat'));
    await see.result(channel, 1);
    discord.edit(message, to('draw a dog'));
    discord.say(ana, channel, to('draw a boat'));
    await see.result(channel, 2);
    expect(see.results(channel).map(({ attachments: [file] }) => file?.description)).toEqual([
      expect.stringContaining('cat'),
      expect.stringContaining('boat'),
    ]);
  });

  it('that is deleted stops what it asked for', async () => {
    const { channel, ana } = room();
    chat.hold();
    const message = discord.say(ana, channel, to('draw a cat'));
    await chat.held();
    discord.remove(message);
    await see.post(channel, /Cancelled\./);
    chat.release();
    discord.say(ana, channel, to('draw a boat'));
    await see.result(channel, 1);
    expect(see.results(channel)).toHaveLength(1);
  });

  it('is acknowledged before anything else, and its card comes within a second', async () => {
    const { channel, ana } = room();
    const message = discord.say(ana, channel, to('make image 1 red'), { files: [bag, dress] });
    const card = await see.post(channel, /Got it|Editing|Queued|Working/);
    expect(discord.typing.map(({ channelId }) => channelId)).toContain(channel.id);
    expect(card.postedAt - message.postedAt).toBeLessThan(1000);
    await see.result(channel, 3);
  });
});
