import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import { type Conversation, conversationSchema } from '../../../core/domain.ts';
import { isEnded, isUnfinished } from '../../../core/turns.ts';
import { startChild, type TestChild } from '../../support/child-process.ts';
import { postsIn, type RoomPost } from './chat-room.ts';
import { type Said, type Start, saidSchema, type Told } from './messages.ts';

export interface KillRoundsOptions {
  /** How often the process is killed; each time it is started again and one more message is sent. */
  readonly kills: number;
  /** 0 <= random() < 1, for the moments. */
  readonly random: () => number;
  /** Absent: an engine in memory. */
  readonly modelFolder?: string;
  /** A Redis, where a second process lives all the time, takes its share of the jobs, and is never killed. */
  readonly redisUrl?: string;
}

export interface KillRounds {
  readonly document: Conversation;
  readonly messageIds: readonly string[];
  readonly posts: readonly RoomPost[];
  /** The document after each kill, oldest first. */
  readonly snapshots: readonly Conversation[];
  /** What the process was doing when it was killed, and how often. */
  readonly killedWhile: Readonly<Record<string, number>>;
}

interface Life {
  readonly child: TestChild<Said>;
  /** Resolves when it serves; never, when it is killed before. */
  readonly isOpen: Promise<void>;
  /** Resolves when it has said so much since then. */
  saysOften(times: number): Promise<void>;
  /** How often it said something since then. */
  said(): number;
}

/** How long a whole life took, and how much happened in it. */
interface LifeSpan {
  readonly startMs: number;
  readonly workMs: number;
  readonly changes: number;
}

/** Every fifth kill comes while the process starts and every fifth at any moment of its work. */
const SHARE_OF_STARTS = 0.2;
const SHARE_OF_MOMENTS = 0.2;
/** The others come right after something changed: most of a turn's time is one step of many that can be interrupted. */
const AFTER_CHANGE_MS = 20;

const IMAGE = fileURLToPath(new URL('../../parity/goldens/images/first.png', import.meta.url));
const SCRIPT = new URL('./turn-process.ts', import.meta.url);

/**
 * Kill a process with SIGKILL at random moments of its start and of the turn that it was sent, start it again each time,
 * and let the last one finish what is left. The first two lives are not cut short: they say how long that takes.
 */
export async function killAtRandomMoments({
  kills,
  random,
  modelFolder,
  redisUrl,
}: KillRoundsOptions): Promise<KillRounds> {
  const folder = await mkdtemp(join(tmpdir(), 'easel-chaos-'));
  const start: Start = {
    home: join(folder, 'home'),
    room: join(folder, 'room'),
    stepMs: 50,
    ...(modelFolder === undefined ? {} : { modelFolder }),
    ...(redisUrl === undefined ? {} : { redis: { url: redisUrl, prefix: `chaos-${randomUUID()}` } }),
  };
  const documents = start.redis === undefined ? createFileReader(start.home) : createRedisReader(start.redis);
  await mkdir(start.room);
  const messages: Told[] = [];
  const acknowledged = new Set<string>();
  let conversationId = '';

  /** Start the process, send what it never acknowledged and one message more. */
  function live(): Life {
    messages.push({ kind: 'message', messageId: `message-${messages.length + 1}`, text: 'make it red', image: IMAGE });
    const child = startProcess(start);
    const isOpen = new Promise<void>((resolve) => {
      child.onMessage((said) => {
        if (said.kind === 'received') acknowledged.add(said.messageId);
        if (said.kind !== 'open') return;
        conversationId = said.conversationId;
        for (const message of messages) if (!acknowledged.has(message.messageId)) child.send(message);
        resolve();
      });
    });
    let said = 0;
    const waiting: { readonly times: number; readonly resolve: () => void }[] = [];
    child.onMessage(({ kind }) => {
      if (kind === 'open') return;
      said += 1;
      for (const each of waiting) if (said >= each.times) each.resolve();
    });
    const saysOften = (times: number) =>
      said >= times ? Promise.resolve() : new Promise<void>((resolve) => waiting.push({ times, resolve }));
    return { child, isOpen, saysOften, said: () => said };
  }

  async function read(): Promise<Conversation> {
    return conversationSchema.parse(JSON.parse(await documents.read(conversationId)));
  }

  function isSettled({ turns }: Conversation): boolean {
    return turns.length === messages.length && turns.every((turn) => isEnded(turn) && !isUnfinished(turn));
  }

  /** Let a life go on until every turn ended. */
  async function finish({ child, isOpen, said }: Life): Promise<LifeSpan> {
    const startedAt = performance.now();
    const openedAt = isOpen.then(() => performance.now());
    await new Promise<void>((resolve, reject) => {
      const look = async () => {
        if (isSettled(await read())) resolve();
      };
      child.onMessage(() => void look().catch(reject));
      void child.ended.then((code) => reject(new Error(`the process ended with ${code}:\n${child.complaints()}`)));
    });
    const endedAt = performance.now();
    await child.kill('SIGKILL');
    return { startMs: (await openedAt) - startedAt, workMs: endedAt - (await openedAt), changes: said() };
  }

  const bystander = start.redis === undefined ? undefined : startProcess(start);
  try {
    await finish(live());
    const whole = await finish(live());
    const snapshots = [await read()];
    const killedWhile: Record<string, number> = {};
    for (let kill = 0; kill < kills; kill += 1) {
      const life = live();
      const isStarting = await untilRandomMoment(life, whole, random);
      await life.child.kill('SIGKILL');
      const document = await read();
      snapshots.push(document);
      const doing = isStarting ? 'starting' : (document.turns.find(isUnfinished)?.status ?? 'nothing');
      killedWhile[doing] = (killedWhile[doing] ?? 0) + 1;
    }
    await finish(live());
    const messageIds = messages.map(({ messageId }) => messageId);
    return { document: await read(), messageIds, posts: await postsIn(start.room), snapshots, killedWhile };
  } finally {
    await bystander?.kill('SIGKILL');
    documents.close();
    await rm(folder, { recursive: true, force: true });
  }
}

function startProcess(start: Start): TestChild<Said> {
  return startChild(SCRIPT, [JSON.stringify(start)], (message) => saidSchema.parse(message));
}

/** Reads documents past the process that writes them. */
interface DocumentReader {
  read(id: string): Promise<string>;
  close(): void;
}

function createFileReader(home: string): DocumentReader {
  return { read: (id) => readFile(join(home, 'conversations', `${id}.json`), 'utf8'), close: () => undefined };
}

function createRedisReader({ url, prefix }: NonNullable<Start['redis']>): DocumentReader {
  const redis = new Redis(url);
  return {
    read: async (id) => (await redis.hget(`${prefix}:conversation:${id}`, 'document')) ?? '',
    close: () => redis.disconnect(),
  };
}

/** @returns whether the process was still starting. */
async function untilRandomMoment(life: Life, whole: LifeSpan, random: () => number): Promise<boolean> {
  const kind = random();
  if (kind < SHARE_OF_STARTS) {
    await wait(random() * whole.startMs);
    return true;
  }
  await life.isOpen;
  if (kind < SHARE_OF_STARTS + SHARE_OF_MOMENTS) {
    await wait(random() * whole.workMs);
  } else {
    await life.saysOften(Math.floor(random() * whole.changes));
    await wait(random() * AFTER_CHANGE_MS);
  }
  return false;
}
