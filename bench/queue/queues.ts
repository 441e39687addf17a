import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPostgresBackend, createRedisBackend, withBackend } from 'bullmq';
import { Redis } from 'ioredis';
import { interpretJobId, newConversationId, newTurnId } from '../../core/ids.ts';
import type { Clock, Logger, Stop } from '../../core/ports.ts';
import { Secret } from '../../core/secret.ts';
import { openEmbeddedDatabase } from '../../queue/embedded/open-database.ts';
import { openBackend } from '../../queue/open-backend.ts';
import type { MeasuredQueue } from './measured-queue.ts';

export interface QueueDeps {
  readonly logger: Logger;
  readonly clock: Clock;
}

/** The port `Jobs` as Easel opens it: on Redis with a URL, else on the embedded database in a folder of its own. */
export async function openEaselQueue(redisUrl: string | undefined, deps: QueueDeps): Promise<MeasuredQueue> {
  const folder = await mkdtemp(join(tmpdir(), 'easel-bench-'));
  const prefix = `bench-${randomUUID()}`;
  const url = redisUrl === undefined ? undefined : new Secret(redisUrl);
  const backend = await openBackend({ home: folder, redisUrl: url, databaseUrl: undefined, blobUrl: undefined }, deps, {
    redisPrefix: prefix,
  });
  const conversationId = newConversationId();
  const jobs = new Map<string, number>();
  return {
    async add(job) {
      const turnId = newTurnId();
      const id = interpretJobId(turnId);
      jobs.set(id, job);
      await backend.jobs.add('interpret', id, { conversationId, turnId }, { owner: conversationId });
    },
    work: (started, concurrency) =>
      backend.jobs.work('interpret', async ({ id }) => started(jobs.get(id) ?? Number.NaN), { concurrency }),
    async close() {
      await backend.close();
      if (redisUrl !== undefined) await removeKeys(redisUrl, prefix);
      await rm(folder, { recursive: true });
    },
  };
}

/** BullMQ as its manual shows it, on the same kind of backend. */
export async function openRawQueue(redisUrl: string | undefined, deps: QueueDeps): Promise<MeasuredQueue> {
  return redisUrl === undefined ? openRawEmbedded(deps) : openRawRedis(redisUrl);
}

async function openRawEmbedded(deps: QueueDeps): Promise<MeasuredQueue> {
  const folder = await mkdtemp(join(tmpdir(), 'easel-bench-'));
  const database = await openEmbeddedDatabase(folder, deps);
  const { Queue, Worker } = withBackend(createPostgresBackend);
  const connection = database.pool;
  const queue = new Queue<number>('raw', { connection });
  return {
    add: async (job) => void (await queue.add('job', job, { removeOnComplete: true })),
    async work(started, concurrency) {
      const worker = new Worker<number>('raw', async ({ data }) => started(data), { connection, concurrency });
      await worker.waitUntilReady();
      return () => worker.close();
    },
    async close() {
      await queue.close();
      await database.close();
      await rm(folder, { recursive: true });
    },
  };
}

async function openRawRedis(url: string): Promise<MeasuredQueue> {
  const { Queue, Worker } = withBackend(createRedisBackend);
  const prefix = `bench-${randomUUID()}`;
  // Workers wait for ever; BullMQ refuses connections that give up.
  const commands = new Redis(url, { maxRetriesPerRequest: null });
  const blocking = new Redis(url, { maxRetriesPerRequest: null });
  const queue = new Queue<number>('raw', { connection: commands, prefix });
  return {
    add: async (job) => void (await queue.add('job', job, { removeOnComplete: true })),
    async work(started, concurrency): Promise<Stop> {
      const options = { connection: blocking, prefix, concurrency };
      const worker = new Worker<number>('raw', async ({ data }) => started(data), options);
      await worker.waitUntilReady();
      return () => worker.close();
    },
    async close() {
      await queue.close();
      await Promise.all([commands.quit(), blocking.quit()]);
      await removeKeys(url, prefix);
    },
  };
}

async function removeKeys(url: string, prefix: string): Promise<void> {
  const redis = new Redis(url);
  for await (const keys of redis.scanStream({ match: `${prefix}*` })) {
    if (keys.length > 0) await redis.del(...keys);
  }
  await redis.quit();
}
