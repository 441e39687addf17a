import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { ConversationId } from '../../core/ids.ts';
import type { Stop } from '../../core/ports.ts';
import { Secret } from '../../core/secret.ts';
import { openBackend } from '../../queue/open-backend.ts';
import { startChild, type TestChild } from './child-process.ts';
import { type Environment, type RunningCommand, spawnEasel } from './easel-command.ts';
import { createMemoryLogger } from './fakes/logger.ts';
import { startRedis } from './servers/redis.ts';
import { tinyModel } from './tiny-model.ts';

const saidSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ready'), queues: z.array(z.string()) }),
  z.object({ kind: z.literal('report'), libraries: z.array(z.string()), findsEngine: z.boolean() }),
]);
type BotSaid = z.infer<typeof saidSchema>;

const SCRIPTS = {
  discord: new URL('children/discord-child.ts', import.meta.url),
  slack: new URL('children/slack-child.ts', import.meta.url),
} as const;
const WITHOUT_ENGINE = new URL('children/without-onnxruntime.mjs', import.meta.url);

/** A render takes a fraction of a second. */
const LOOK_EVERY_MS = 20;
const BUSY_TRIES = 1000;

export interface ProductionOptions {
  readonly platform: keyof typeof SCRIPTS;
  /** Address of the fake platform. */
  readonly url: string;
  readonly tokens: Environment;
  readonly workers: number;
}

/** A render that was being made by a worker which was killed. */
export interface Interrupted {
  readonly conversationId: ConversationId;
  readonly renderId: string;
}

/** Easel as it runs on servers: Redis, workers and a bot, each a process of its own, on a tiny random model. */
export async function startProduction({ platform, url, tokens, workers: count }: ProductionOptions) {
  const stops: Stop[] = [];
  const redis = await startRedis();
  const home = await mkdtemp(join(tmpdir(), 'easel-production-'));
  stops.push(redis.stop, () => rm(home, { recursive: true, force: true }));
  const env = { REDIS_URL: redis.url, EASEL_HOME: home };
  const model = tinyModel('small');
  const config = { home, redisUrl: new Secret(redis.url), databaseUrl: undefined, blobUrl: undefined };
  const { documents, close } = await openBackend(config, {
    logger: createMemoryLogger(),
    clock: { now: () => Date.now() },
  });
  stops.push(close);

  const workers = await Promise.all(
    Array.from({ length: count }, async () => {
      const worker = spawnEasel(['worker'], { env });
      stops.push(() => killed(worker));
      await worker.says(/The model .* is ready/);
      return worker;
    }),
  );

  /** The workers are told no token, the bot finds no engine. */
  async function startBot(): Promise<TestChild<BotSaid>> {
    const botEnv = { ...env, ...tokens, NODE_OPTIONS: `--import ${fileURLToPath(WITHOUT_ENGINE)}` };
    const bot = startChild<BotSaid>(SCRIPTS[platform], [model, url], (said) => saidSchema.parse(said), botEnv);
    stops.push(() => bot.kill('SIGKILL'));
    const ready = await bot.says((said) => said.kind === 'ready');
    if (ready.kind === 'ready' && ready.queues.join() !== `deliver-${platform}`)
      throw new Error(`the bot serves ${ready.queues.join()}`);
    return bot;
  }

  /** Every render that some worker makes now. */
  async function rendering(): Promise<readonly Interrupted[]> {
    const found: Interrupted[] = [];
    for (const conversationId of await documents.listUnfinished()) {
      const { turns = [] } = (await documents.get(conversationId)) ?? {};
      const renders = turns.flatMap((turn) => turn.renders).filter(({ status }) => status === 'rendering');
      found.push(...renders.map(({ id: renderId }) => ({ conversationId, renderId })));
    }
    return found;
  }

  return {
    startBot,

    /** What a bot has loaded. */
    async reportOf(bot: TestChild<BotSaid>) {
      bot.send({ kind: 'report' });
      const isReport = (said: BotSaid): said is Extract<BotSaid, { kind: 'report' }> => said.kind === 'report';
      return await bot.says(isReport);
    },

    /**
     * Kill a worker with SIGKILL while it makes a picture. It is stopped first, so that what it makes is seen to be unfinished.
     * @returns what was being made then, by it and by the others.
     */
    async killBusyWorker(): Promise<readonly Interrupted[]> {
      const [victim] = workers;
      if (victim === undefined) throw new Error('there is no worker');
      for (let tries = 0; tries < BUSY_TRIES; tries += 1) {
        victim.child.kill('SIGSTOP');
        const made = await rendering();
        if (made.length === workers.length) {
          await killed(victim);
          return made;
        }
        victim.child.kill('SIGCONT');
        await sleep(LOOK_EVERY_MS);
      }
      throw new Error('the workers were never all busy');
    },

    /** How often each of these renders was begun. */
    async runsOf(renders: readonly Interrupted[]): Promise<readonly number[]> {
      return Promise.all(
        renders.map(async ({ conversationId, renderId }) => {
          const { turns = [] } = (await documents.get(conversationId)) ?? {};
          return turns.flatMap((turn) => turn.renders).find(({ id }) => id === renderId)?.runs ?? 0;
        }),
      );
    },

    async stop(): Promise<void> {
      for (const stop of stops.splice(0).toReversed()) await stop();
    },
  };
}

export type Production = Awaited<ReturnType<typeof startProduction>>;

async function killed({ child, ended }: RunningCommand): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await ended();
}
