import type { ChatHarness, ChatRoom, Seen } from '../../contract/chat-platform.contract.ts';
import { createCrayon } from '../chat/priced-engines.ts';
import { type DiscordChat, startDiscordChat } from './discord-chat.ts';
import type { FakeChannel, FakeMessage } from './discord-world.ts';
import { isAbout, menusOf } from './fake-discord.ts';

/** Conversations in a channel, where Easel must be named, or in direct messages. */
export async function startDiscordRooms(kind: 'channel' | 'direct'): Promise<ChatHarness> {
  const chat = await startDiscordChat({ others: [createCrayon()] });
  let rooms = 0;
  return {
    begin() {
      rooms += 1;
      const person = chat.discord.person(`person ${rooms}`);
      const channel =
        kind === 'direct' ? chat.discord.world.directWith(person) : chat.discord.addChannel(`room ${rooms}`);
      return Promise.resolve(roomIn(chat, channel, person.username));
    },
    hold: chat.hold,
    release: chat.release,
    held: chat.held,
    restart: chat.restart,
    stop: chat.stop,
  };
}

function roomIn({ discord }: DiscordChat, channel: FakeChannel, username: string): ChatRoom {
  const posts = () => discord.posts(channel);
  const person = discord.person(username);
  return {
    say(text, images = []) {
      const files = images.map((bytes, index) => ({ name: `picture-${index + 1}.png`, bytes }));
      const latest = posts().at(-1);
      const isDirect = channel.type === 1;
      // In a channel, pictures begin a new conversation unless they answer a post.
      const reply = isDirect || images.length === 0 || latest === undefined ? {} : { replyTo: latest.id };
      discord.say(person, channel, isDirect ? text : `${discord.mention} ${text}`, { files, ...reply });
      return Promise.resolve();
    },
    async press(where, label) {
      const post = await discord.until(() =>
        posts().findLast((each) => isResult(each) === (where === 'result') && hasButton(each, label)),
      );
      const press = discord.press(person, post, label);
      await discord.until(() => press.answers.length > 0);
      // Nothing but its answer shows that it is done.
      if (label === 'Undo') await discord.until(() => posts().find(({ content }) => content.includes('Undone')));
    },
    async choose(menu, values) {
      // The card before it may still show its menus.
      const post = await discord.until(() => {
        const newest = posts().findLast((each) => READING.test(each.content) && !isResult(each));
        return newest !== undefined && menusOf(newest).some((shown) => isAbout(shown, menu)) ? newest : undefined;
      });
      const press = discord.choose(person, post, menu, values);
      await discord.until(() => press.answers.length > 0);
    },
    until: (look) => discord.until(() => look(seenIn(discord.world.files, posts()))),
  };
}

function seenIn(files: ReadonlyMap<string, { readonly bytes: Uint8Array }>, posts: readonly FakeMessage[]): Seen {
  return {
    results: posts.filter(isResult).flatMap(({ content, attachments: [file] }) => ({
      number: Number(/image (\d+)/.exec(content)?.[1]),
      altText: file?.description ?? '',
      bytes: files.get(new URL(file?.url ?? '').pathname)?.bytes ?? new Uint8Array(),
    })),
    readings: posts.flatMap(({ content }) => READING.exec(content)?.[0].trim() ?? []),
    texts: posts.map(({ content }) => content.replaceAll('\\', '')),
  };
}

const READING = /(?:Editing image|Making a new picture)[^#·\n]*/;

function isResult({ attachments }: FakeMessage): boolean {
  return attachments.length > 0;
}

function hasButton({ components }: FakeMessage, label: string): boolean {
  return components.some((row) => row.components.some((each) => each.type === 2 && each.label === label));
}
