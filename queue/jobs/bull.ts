import {
  createPostgresBackend,
  createRedisBackend,
  type PgPool,
  type Processor,
  type Queue,
  type Worker,
  withBackend,
} from 'bullmq';
import type { Redis } from 'ioredis';

export interface WorkerTiming {
  /** How long a job of a killed worker stays taken. Renewed at half of it while the worker lives. */
  readonly lockDurationMs: number;
  /** How often workers look for jobs whose lock ran out. */
  readonly stalledIntervalMs: number;
}

/** What is used of BullMQ, which is the same on each of its backends. */
export type BullQueue = Pick<Queue, 'add' | 'getJob' | 'getRanges' | 'close'> & WithErrors;
export type BullWorker = Pick<Worker, 'name' | 'closing' | 'pause' | 'resume' | 'waitUntilReady' | 'close'> &
  WithErrors & { on(event: 'drained', listener: () => void): unknown };

interface WithErrors {
  on(event: 'error', listener: (error: Error) => void): unknown;
}

/** BullMQ's classes on one backend: the only thing that differs between the three homes. */
export interface Bull {
  queue(name: string): BullQueue;
  worker(name: string, processor: Processor, options: WorkerTiming & { readonly concurrency: number }): BullWorker;
}

/** Jobs are only looked at through their state, so a short trail of events is enough. */
const STREAMS = { events: { maxLen: 1000 } };
/** Times that a job's worker may be killed under it before the job ends; the conversation counts runs by itself. */
const MAX_STALLED_COUNT = 3;

function workerOptions({ lockDurationMs, stalledIntervalMs, concurrency }: Parameters<Bull['worker']>[2]) {
  return {
    concurrency,
    lockDuration: lockDurationMs,
    stalledInterval: stalledIntervalMs,
    maxStalledCount: MAX_STALLED_COUNT,
    runRetryDelay: 1000,
  };
}

/**
 * @param connections.commands has finite retries, so that adding a job fails soon while Redis is away.
 * @param connections.blocking waits for ever, as a worker must.
 */
export function createRedisBull(
  connections: { readonly commands: Redis; readonly blocking: Redis },
  prefix: string,
): Bull {
  const classes = withBackend(createRedisBackend);
  return {
    queue: (name) =>
      new classes.Queue(name, {
        connection: connections.commands,
        prefix,
        streams: STREAMS,
      }),
    worker: (name, processor, options) =>
      new classes.Worker(name, processor, {
        connection: connections.blocking,
        prefix,
        ...workerOptions(options),
      }),
  };
}

/** @param pool needs one connection for every worker beside those for queries. */
export function createSqlBull(pool: PgPool): Bull {
  const classes = withBackend(createPostgresBackend);
  return {
    queue: (name) => new classes.Queue(name, { connection: pool, streams: STREAMS }),
    worker: (name, processor, options) =>
      new classes.Worker(name, processor, {
        connection: pool,
        ...workerOptions(options),
      }),
  };
}
