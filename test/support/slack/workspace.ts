import type { FakeBlock } from './check-blocks.ts';

export type ChannelKind = 'channel' | 'group' | 'im' | 'mpim';

export interface FakeChannel {
  readonly id: string;
  readonly kind: ChannelKind;
  readonly hasBot: boolean;
}

export interface FakeUser {
  readonly id: string;
  readonly isAdmin: boolean;
}

export interface FakeFile {
  readonly id: string;
  readonly name: string;
  readonly mimetype: string;
  bytes: Uint8Array;
  altText: string;
  /** Uploads are files only once they were completed. */
  isCompleted: boolean;
  shares: { channel: string; ts: string; thread_ts?: string }[];
  /** How often `files.info` still hides the shares. */
  hiddenPolls: number;
  /** What an event says about a file that it may not describe. */
  readonly access?: 'check_file_info' | 'access_denied';
}

export interface FakeMessage {
  readonly channel: string;
  readonly ts: string;
  readonly thread_ts?: string;
  readonly user: string;
  readonly bot_id?: string;
  text: string;
  blocks: readonly FakeBlock[];
  readonly files: readonly FakeFile[];
  readonly reactions: string[];
  /** What it said, and when, in the order of the edits. */
  readonly versions: { readonly text: string; readonly atMs: number }[];
  readonly ephemeralFor?: string;
  readonly postedAtMs: number;
}

export const TEAM = 'T0000001';
export const BOT_USER = 'U0EASEL';
export const BOT_ID = 'B0EASEL';

/** What a workspace holds: people, channels, messages and files. Everything that changes it tells who waits. */
export function createWorkspace() {
  const channels = new Map<string, FakeChannel>();
  const users = new Map<string, FakeUser>();
  const messages: FakeMessage[] = [];
  const files = new Map<string, FakeFile>();
  const direct = new Map<string, FakeChannel>();
  const waiting = new Set<() => void>();
  let clock = 1_700_000_000;
  let count = 0;

  function changed(): void {
    for (const look of waiting) look();
  }

  function nextTs(): string {
    clock += 1;
    return `${clock}.${String(clock % 1_000_000).padStart(6, '0')}`;
  }

  return {
    channels,
    users,
    messages,
    files,
    changed,

    addChannel(kind: ChannelKind, { hasBot = true } = {}): FakeChannel {
      count += 1;
      const letter = kind === 'im' ? 'D' : kind === 'channel' ? 'C' : 'G';
      const channel = { id: `${letter}${String(count).padStart(7, '0')}`, kind, hasBot };
      channels.set(channel.id, channel);
      return channel;
    },

    /** The direct messages of Easel with this person, one for each. */
    directWith(userId: string): FakeChannel {
      const known = direct.get(userId) ?? this.addChannel('im');
      direct.set(userId, known);
      return known;
    },

    addUser({ isAdmin = false } = {}): FakeUser {
      count += 1;
      const user = { id: `U${String(count).padStart(7, '0')}`, isAdmin };
      users.set(user.id, user);
      return user;
    },

    addFile(file: Pick<FakeFile, 'name' | 'mimetype' | 'bytes'> & Partial<FakeFile>): FakeFile {
      count += 1;
      const added: FakeFile = {
        id: `F${String(count).padStart(7, '0')}`,
        altText: '',
        isCompleted: true,
        shares: [],
        hiddenPolls: 0,
        ...file,
      };
      files.set(added.id, added);
      return added;
    },

    addMessage(message: Pick<FakeMessage, 'channel' | 'user' | 'text'> & Partial<FakeMessage>): FakeMessage {
      const atMs = performance.now();
      const added: FakeMessage = {
        ts: nextTs(),
        blocks: [],
        files: [],
        reactions: [],
        versions: [{ text: message.text, atMs }],
        postedAtMs: atMs,
        ...message,
      };
      messages.push(added);
      changed();
      return added;
    },

    find: (channel: string, ts: string) =>
      messages.find(
        (message) => message.channel === channel && message.ts === ts && message.ephemeralFor === undefined,
      ),

    /** Resolves with what `look` sees as soon as it sees something. */
    async until<T>(what: string, look: () => T | undefined | false, withinMs = 10_000): Promise<T> {
      return await new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          waiting.delete(check);
          const said = messages.map(({ user, text }) => `${user}: ${text}`).join('\n');
          reject(new Error(`Not within ${withinMs} ms: ${what}. The workspace reads:\n${said}`));
        }, withinMs);
        function check(): void {
          const seen = look();
          if (seen === undefined || seen === false) return;
          waiting.delete(check);
          clearTimeout(timer);
          resolve(seen);
        }
        waiting.add(check);
        check();
      });
    },
  };
}

export type Workspace = ReturnType<typeof createWorkspace>;
