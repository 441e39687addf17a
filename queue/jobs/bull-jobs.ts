import { randomUUID } from 'node:crypto';
import type { Job } from 'bullmq';
import { z } from 'zod';
import { AppError, isAppError } from '../../core/errors.ts';
import type { Ephemeral, JobProgress, Jobs, Logger, QueueName, Stop } from '../../core/ports.ts';
import { createSeldomLog } from '../log-seldom.ts';
import type { Bull, BullQueue, WorkerTiming } from './bull.ts';
import { announceCancel, flagCancel, hearCancels } from './cancel.ts';
import type { FairOrder } from './fair-order.ts';
import { type JobRecord, parseJobRecord } from './job-record.ts';
import { runJob } from './run-job.ts';
import { watchWorkerHealth } from './worker-health.ts';

export interface BullJobsDeps {
  readonly bull: Bull;
  readonly fairOrder: FairOrder;
  readonly ephemeral: Ephemeral;
  readonly logger: Logger;
}

export interface JobTiming extends WorkerTiming {
  /** Before the first retry; doubled with each, and shortened at random by up to half. */
  readonly backoffMs: number;
  /** How long a question to the queue may take. */
  readonly deadlineMs: number;
}

export const DEFAULT_TIMING: JobTiming = {
  lockDurationMs: 10_000,
  stalledIntervalMs: 5_000,
  backoffMs: 1000,
  deadlineMs: 5_000,
};

/** Attempts of one job. A platform may be away for minutes; with the default backoff a post is tried for eight. */
const ATTEMPTS = { interpret: 3, render: 3, deliver: 10 } as const;

const progressSchema = z.object({ step: z.number(), steps: z.number() });

/**
 * Jobs over BullMQ, on any of its backends. A job that ended leaves no record, whatever its end: the conversation document
 * says what became of it, and the same id can be added again at once.
 */
export function createBullJobs(deps: BullJobsDeps, timing: JobTiming = DEFAULT_TIMING): Jobs & { close: Stop } {
  const { bull, fairOrder, ephemeral, logger } = deps;
  const queues = new Map<QueueName, BullQueue>();
  const workers = new Set<Stop>();
  const running = new Map<string, AbortController>();
  let cancels: Promise<Stop> | undefined;

  function queueOf(name: QueueName): BullQueue {
    const existing = queues.get(name);
    if (existing !== undefined) return existing;
    const queue = bull.queue(name);
    queue.on('error', createSeldomLog(logger, { event: 'queue-error', queue: name }, 'a queue lost its backend'));
    queues.set(name, queue);
    return queue;
  }

  function ask<T>(question: () => Promise<T>): Promise<T> {
    return orUnavailable(question, timing.deadlineMs);
  }

  async function quietly(what: string, action: () => Promise<void>): Promise<void> {
    try {
      await action();
    } catch (error) {
      logger.debug({ event: 'fair-order', what, cause: String(error) }, 'the order of a queue was not kept');
    }
  }

  return {
    add: (name, id, input, { owner = '', delayMs = 0 } = {}) =>
      ask(async () => {
        const queue = queueOf(name);
        if ((await queue.getJob(id)) !== undefined) return;
        const record: JobRecord = { incarnation: randomUUID(), input };
        await queue.add('job', record, {
          jobId: id,
          priority: await fairOrder.next(name, owner),
          attempts: ATTEMPTS[kindOf(name)],
          backoff: {
            type: 'exponential',
            delay: timing.backoffMs,
            jitter: 0.5,
          },
          removeOnComplete: true,
          removeOnFail: true,
          ...(delayMs > 0 ? { delay: delayMs } : {}),
        });
      }),

    cancel: (name, id) =>
      ask(async () => {
        const job = await queueOf(name).getJob(id);
        if (job === undefined) return 'absent';
        const { incarnation } = parseJobRecord(name, job.data);
        await flagCancel(ephemeral, incarnation);
        const end = await removeJob(job);
        if (end === 'held') await announceCancel(ephemeral, incarnation);
        return end === 'held' ? 'signalled' : end;
      }),

    state: (name, id) =>
      ask(async () => {
        const queue = queueOf(name);
        const job = await queue.getJob(id);
        if (job === undefined) return { kind: 'absent' };
        const state = await job.getState();
        if (state === 'active') {
          const progress = progressSchema.safeParse(job.progress);
          return {
            kind: 'active',
            ...(progress.success ? { progress: progress.data satisfies JobProgress } : {}),
          };
        }
        if (state !== 'prioritized' && state !== 'delayed' && state !== 'waiting') return { kind: 'absent' };
        const waiting = await queue.getRanges(['prioritized'], 0, -1, true);
        const position = waiting.indexOf(id);
        return {
          kind: 'waiting',
          position: position === -1 ? waiting.length : position,
        };
      }),

    async work(name, handler, { concurrency = 1 } = {}) {
      cancels ??= hearCancels(ephemeral, (incarnation) => running.get(incarnation)?.abort('cancelled'));
      await cancels;
      const own = new Set<AbortController>();
      let isStopping = false;
      const track = (incarnation: string, controller: AbortController) => {
        running.set(incarnation, controller);
        own.add(controller);
        if (isStopping) controller.abort('shutdown');
        return () => {
          running.delete(incarnation);
          own.delete(controller);
        };
      };
      const started = (priority: number) => quietly('started', () => fairOrder.started(name, priority));
      const worker = bull.worker(
        name,
        (job, token = '') => runJob({ queue: name, handler, ephemeral, logger, track, started }, job, token),
        { ...timing, concurrency },
      );
      worker.on('drained', () => void quietly('reset', () => fairOrder.reset(name)));
      watchWorkerHealth(worker, {
        logger,
        now: () => performance.now(),
        schedule: (then, delayMs) => setTimeout(then, delayMs).unref(),
      });
      let stopped: Promise<void> | undefined;
      const stop = () => {
        isStopping = true;
        for (const controller of own) controller.abort('shutdown');
        stopped ??= worker.close().finally(() => workers.delete(stop));
        return stopped;
      };
      workers.add(stop);
      await worker.waitUntilReady();
      return stop;
    },

    async close() {
      await Promise.all([...workers].map((stop) => stop()));
      await (await cancels)?.();
      await Promise.all([...queues.values()].map((queue) => queue.close()));
    },
  };
}

function kindOf(name: QueueName): keyof typeof ATTEMPTS {
  if (name === 'interpret') return 'interpret';
  return name.startsWith('render-') ? 'render' : 'deliver';
}

/** A worker that holds the job keeps it; one that finished it at this moment leaves nothing to remove. */
async function removeJob(job: Job): Promise<'removed' | 'held' | 'absent'> {
  try {
    await job.remove();
    return 'removed';
  } catch (error) {
    const state = await job.getState();
    if (state === 'active') return 'held';
    if (state === 'unknown') return 'absent';
    throw error;
  }
}

async function orUnavailable<T>(question: () => Promise<T>, deadlineMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new AppError('QUEUE_UNAVAILABLE', {}, { details: { deadlineMs } })), deadlineMs);
  });
  try {
    return await Promise.race([question(), late]);
  } catch (cause) {
    throw isAppError(cause) ? cause : new AppError('QUEUE_UNAVAILABLE', {}, { cause });
  } finally {
    clearTimeout(timer);
  }
}
