import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
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
}

/** How many of the kills come while the process starts; the others come while it works. */
const KILLS_WHILE_STARTING = 0.2;

const IMAGE = fileURLToPath(new URL('../../parity/goldens/images/first.png', import.meta.url));
const SCRIPT = new URL('./turn-process.ts', import.meta.url);

/**
 * Kill a process with SIGKILL at random moments of its start and of the turn that it was sent, start it again each time,
 * and let the last one finish what is left. The first two lives are not cut short: they say how long that takes.
 */
export async function killAtRandomMoments({ kills, random, modelFolder }: KillRoundsOptions): Promise<KillRounds> {
  const folder = await mkdtemp(join(tmpdir(), 'easel-chaos-'));
  const start: Start = {
    home: join(folder, 'home'),
    room: join(folder, 'room'),
    stepMs: 50,
    ...(modelFolder === undefined ? {} : { modelFolder }),
  };
  await mkdir(start.room);
  const messages: Told[] = [];
  const acknowledged = new Set<string>();
  let conversationId = '';

  /** Start the process, send what it never acknowledged and one message more. */
  function live(): Life {
    messages.push({ kind: 'message', messageId: `message-${messages.length + 1}`, text: 'make it red', image: IMAGE });
    const child = startChild(SCRIPT, [JSON.stringify(start)], (message) => saidSchema.parse(message));
    const isOpen = new Promise<void>((resolve) => {
      child.onMessage((said) => {
        if (said.kind === 'received') acknowledged.add(said.messageId);
        if (said.kind !== 'open') return;
        conversationId = said.conversationId;
        for (const message of messages) if (!acknowledged.has(message.messageId)) child.send(message);
        resolve();
      });
    });
    return { child, isOpen };
  }

  async function read(): Promise<Conversation> {
    const json = await readFile(join(start.home, 'conversations', `${conversationId}.json`), 'utf8');
    return conversationSchema.parse(JSON.parse(json));
  }

  function isSettled({ turns }: Conversation): boolean {
    return turns.length === messages.length && turns.every((turn) => isEnded(turn) && !isUnfinished(turn));
  }

  /** Let a life go on until every turn ended. @returns how long it took to start and to work, in ms. */
  async function finish({ child, isOpen }: Life): Promise<{ readonly startMs: number; readonly workMs: number }> {
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
    return { startMs: (await openedAt) - startedAt, workMs: endedAt - (await openedAt) };
  }

  try {
    await finish(live());
    const { startMs, workMs } = await finish(live());
    const snapshots = [await read()];
    const killedWhile: Record<string, number> = {};
    for (let kill = 0; kill < kills; kill += 1) {
      const { child, isOpen } = live();
      const isStarting = random() < KILLS_WHILE_STARTING;
      if (!isStarting) await isOpen;
      await wait(random() * (isStarting ? startMs : workMs));
      await child.kill('SIGKILL');
      const document = await read();
      snapshots.push(document);
      const doing = isStarting ? 'starting' : (document.turns.find(isUnfinished)?.status ?? 'nothing');
      killedWhile[doing] = (killedWhile[doing] ?? 0) + 1;
    }
    await finish(live());
    const messageIds = messages.map(({ messageId }) => messageId);
    return { document: await read(), messageIds, posts: await postsIn(start.room), snapshots, killedWhile };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
