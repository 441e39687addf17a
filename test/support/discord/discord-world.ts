import { PermissionFlagsBits, PermissionsBitField } from 'discord.js';
import type { z } from 'zod';
import type { componentSchema } from './check-components.ts';

export interface FakeUser {
  readonly id: string;
  readonly username: string;
  readonly bot?: boolean;
}

export interface FakeChannel {
  readonly id: string;
  /** 0 text channel, 1 direct messages, 11 thread; as Discord numbers them. */
  readonly type: 0 | 1 | 11;
  readonly name: string;
  readonly parentId?: string;
  readonly ownerId?: string;
  /** With whom, in direct messages. */
  readonly recipient?: FakeUser;
  /** What the bot may not do here. */
  denied: bigint;
}

export interface FakeAttachment {
  readonly id: string;
  readonly filename: string;
  readonly url: string;
  readonly size: number;
  readonly content_type?: string;
  readonly description?: string;
}

/** A button or a menu of a message. */
type FakeComponent = z.infer<typeof componentSchema>;

export interface FakeMessage {
  readonly id: string;
  readonly channel_id: string;
  readonly author: FakeUser;
  content: string;
  components: readonly { readonly components: readonly FakeComponent[] }[];
  readonly attachments: readonly FakeAttachment[];
  readonly message_reference?: { readonly message_id: string };
  readonly nonce?: string;
  readonly allowedMentions?: unknown;
  readonly timestamp: string;
  edited_timestamp: string | null;
  /** How often the bot edited it, and when, in milliseconds of performance.now(). */
  readonly editsAt: number[];
  readonly postedAt: number;
}

const EPOCH_MS = 1_420_070_400_000n;
export const GUILD_ID = '900000000000000001';
export const BOT_ROLE_ID = '900000000000000002';

/** What everybody may do in the server. */
export const MEMBER_PERMISSIONS = PermissionsBitField.Default | PermissionFlagsBits.SendMessagesInThreads;

/** What Discord knows: one server with channels, people, their messages and files. Says whenever something changes. */
export function createDiscordWorld(filesUrl: () => string) {
  const bot: FakeUser = { id: '900000000000000003', username: 'Easel', bot: true };
  const users = new Map<string, FakeUser>([[bot.id, bot]]);
  const channels = new Map<string, FakeChannel>();
  const messages = new Map<string, FakeMessage[]>();
  const files = new Map<string, { readonly bytes: Uint8Array; readonly contentType: string }>();
  const lost = new Set<string>();
  const watchers = new Set<() => void>();
  let serial = 0n;

  /** Ids grow with time, as Discord's do. */
  function newId(): string {
    serial += 1n;
    return String(((BigInt(Date.now()) - EPOCH_MS) << 22n) + serial);
  }

  function changed(): void {
    for (const watcher of [...watchers]) watcher();
  }

  function addChannel(channel: Omit<FakeChannel, 'id' | 'denied'>, id = newId()): FakeChannel {
    const added: FakeChannel = { ...channel, id, denied: 0n };
    channels.set(added.id, added);
    messages.set(added.id, []);
    return added;
  }

  function storeFile(
    channelId: string,
    file: { name: string; bytes: Uint8Array; contentType: string; description?: string },
  ): FakeAttachment {
    const id = newId();
    if (lost.delete(file.name))
      return { id, filename: file.name, url: `${filesUrl()}/gone/${id}`, size: file.bytes.length };
    const path = `/attachments/${channelId}/${id}/${encodeURIComponent(file.name)}`;
    files.set(path, { bytes: file.bytes, contentType: file.contentType });
    return {
      id,
      filename: file.name,
      url: `${filesUrl()}${path}?ex=1&is=1&hm=1`,
      size: file.bytes.length,
      content_type: file.contentType,
      ...(file.description === undefined ? {} : { description: file.description }),
    };
  }

  function addMessage(
    message: Pick<FakeMessage, 'channel_id' | 'author' | 'content'> & Partial<FakeMessage>,
  ): FakeMessage {
    const added: FakeMessage = {
      id: newId(),
      components: [],
      attachments: [],
      timestamp: new Date().toISOString(),
      edited_timestamp: null,
      editsAt: [],
      postedAt: performance.now(),
      ...message,
    };
    messagesIn(added.channel_id).push(added);
    changed();
    return added;
  }

  function messagesIn(channelId: string): FakeMessage[] {
    const list = messages.get(channelId) ?? [];
    messages.set(channelId, list);
    return list;
  }

  function findMessage(channelId: string, id: string): FakeMessage | undefined {
    return messagesIn(channelId).find((message) => message.id === id);
  }

  function directWith(person: FakeUser): FakeChannel {
    const known = [...channels.values()].find(({ recipient }) => recipient?.id === person.id);
    return known ?? addChannel({ type: 1, name: '', recipient: person });
  }

  /** For the message of a test that waited in vain. */
  function newest(): string {
    const all = [...messages.values()].flat().toSorted((a, b) => a.postedAt - b.postedAt);
    return all
      .slice(-12)
      .map(
        ({ channel_id, author, content, attachments }) =>
          `${channel_id} ${author.username}: ${content} ${attachments.map(({ filename }) => `[${filename}]`).join('')}`,
      )
      .join('\n');
  }

  return {
    bot,
    users,
    channels,
    files,
    newId,
    changed,
    addChannel,
    addMessage,
    storeFile,
    messagesIn,
    findMessage,
    directWith,
    /** The next file of this name cannot be downloaded. */
    lose: (name: string) => void lost.add(name),
    person(username: string): FakeUser {
      const known = [...users.values()].find((user) => user.username === username);
      const user = known ?? { id: newId(), username };
      users.set(user.id, user);
      return user;
    },
    removeMessage(channelId: string, id: string): void {
      messages.set(
        channelId,
        messagesIn(channelId).filter((message) => message.id !== id),
      );
      changed();
    },
    /** What the bot may do in a channel. */
    permissionsIn(channel: FakeChannel): PermissionsBitField {
      return new PermissionsBitField(MEMBER_PERMISSIONS).remove(channel.denied);
    },
    /** Resolves as soon as `look` returns something, now or after a change. */
    async until<T>(look: () => T | undefined | false, timeoutMs = 15_000): Promise<T> {
      const first = look();
      if (first !== undefined && first !== false) return first;
      return await new Promise<T>((resolve, reject) => {
        const timer = setTimeout(() => {
          watchers.delete(watcher);
          reject(new Error(`nothing came within ${timeoutMs} ms; the newest messages are:\n${newest()}`));
        }, timeoutMs);
        const watcher = () => {
          const seen = look();
          if (seen === undefined || seen === false) return;
          clearTimeout(timer);
          watchers.delete(watcher);
          resolve(seen);
        };
        watchers.add(watcher);
      });
    },
  };
}

export type DiscordWorld = ReturnType<typeof createDiscordWorld>;
