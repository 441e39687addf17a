import { createDiscordBot, type DiscordBotOptions } from '../../../bots/discord/create-discord-bot.ts';
import { Secret } from '../../../core/secret.ts';
import { type MemoryChatOptions, startMemoryChat } from '../chat/memory-chat.ts';
import { drawPicture } from '../web/pictures.ts';
import type { FakeChannel, FakeMessage } from './discord-world.ts';
import { type FakeDiscord, type PostedFile, startFakeDiscord } from './fake-discord.ts';

/** How the bot reaches the Discord of a test. */
export function botOptions(discord: FakeDiscord): DiscordBotOptions {
  return {
    token: new Secret(discord.settings.token),
    apiUrl: discord.apiUrl,
    attachmentOrigins: [discord.origin],
    cardEveryMs: 30,
    retryMs: 20,
  };
}

/** Discord of a test with Easel on it, connected. */
export async function startDiscordChat(options: MemoryChatOptions = {}) {
  const discord = await startFakeDiscord();
  const chat = await startMemoryChat((deps) => createDiscordBot(deps, botOptions(discord)), options);
  await discord.listened();
  return {
    discord,
    ...chat,
    async restart(): Promise<void> {
      await chat.restart();
      await discord.listened();
    },
    async stop(): Promise<void> {
      await chat.stop();
      await discord.stop();
    },
  };
}

export type DiscordChat = Awaited<ReturnType<typeof startDiscordChat>>;

/** A small picture of each kind that tests talk about. */
export async function drawFiles(): Promise<{ readonly bag: PostedFile; readonly dress: PostedFile }> {
  const [bag, dress] = await Promise.all([
    drawPicture({ shape: 'bag', color: '#c8553d', background: '#f3e9dc', sizePx: 64 }),
    drawPicture({ shape: 'dress', color: '#3d6fb4', background: '#e9eef4', pattern: 'dots', sizePx: 64 }),
  ]);
  return { bag: { name: 'bag.png', bytes: bag }, dress: { name: 'dress.png', bytes: dress } };
}

/** Discord for all tests of a file, whose people talk in rooms of their own. */
export async function startDiscordFile(name: string, options: MemoryChatOptions = {}) {
  const chat = await startDiscordChat(options);
  const { discord } = chat;
  let rooms = 0;
  return {
    chat,
    discord,
    see: viewOf(chat),
    ...(await drawFiles()),
    room() {
      rooms += 1;
      return {
        channel: discord.addChannel(`${name}-${rooms}`),
        ana: discord.person('ana'),
        ben: discord.person('ben'),
      };
    },
    /** A text that names Easel. */
    to: (text: string) => `${discord.mention} ${text}`,
  };
}

/** What is seen in the channels of a test. */
export function viewOf({ discord, jobs }: Pick<DiscordChat, 'discord' | 'jobs'>) {
  const find = (channel: FakeChannel, fits: (post: FakeMessage) => boolean) =>
    discord.until(() => discord.posts(channel).find(fits));
  return {
    /** Resolves with the post that brings this image, when Easel has noted that it is posted. */
    async result(channel: FakeChannel, number: number): Promise<FakeMessage> {
      const brings = ({ content, attachments }: FakeMessage) =>
        attachments.length > 0 && content.includes(`image ${number} `);
      const post = await find(channel, brings);
      await jobs.idle();
      return post;
    },
    /** Resolves with a post that says this, now or after an edit. */
    post: (channel: FakeChannel, pattern: RegExp) => find(channel, ({ content }) => pattern.test(content)),
    results: (channel: FakeChannel) => discord.posts(channel).filter(({ attachments }) => attachments.length > 0),
    bytesOf: (post: FakeMessage) =>
      discord.world.files.get(new URL(post.attachments[0]?.url ?? '').pathname)?.bytes ?? new Uint8Array(),
  };
}
