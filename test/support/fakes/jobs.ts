import { AppError, asAppError, isAppError } from '../../../core/errors.ts';
import type { JobId } from '../../../core/ids.ts';
import type { JobHandler, JobInput, JobProgress, JobRun, Jobs, QueueName } from '../../../core/ports.ts';
import { shouldRetry } from '../../../core/retry.ts';

const ATTEMPTS = 3;

interface MemoryJob {
  readonly id: JobId;
  readonly input: JobInput;
  attempt: number;
  progress?: JobProgress;
  active?: AbortController;
}

interface Worker {
  readonly handler: JobHandler;
  readonly concurrency: number;
  readonly running: Map<MemoryJob, Promise<void>>;
  isStopping: boolean;
}

/** Jobs in memory: first come, first served; retries at once. */
export function createMemoryJobs() {
  const queues = new Map<QueueName, { jobs: MemoryJob[]; workers: Set<Worker> }>();
  const idle: (() => void)[] = [];
  let failures = 0;

  function isDown(): boolean {
    if (failures === 0) return false;
    failures -= 1;
    return true;
  }

  function queueOf(name: QueueName) {
    const queue = queues.get(name) ?? { jobs: [], workers: new Set<Worker>() };
    queues.set(name, queue);
    return queue;
  }

  function pump(name: QueueName): void {
    const queue = queueOf(name);
    for (const worker of queue.workers) {
      while (!worker.isStopping && worker.running.size < worker.concurrency) {
        const job = queue.jobs.find((each) => each.active === undefined);
        if (job === undefined) break;
        start(name, worker, job);
      }
    }
    if (isIdle()) for (const resolve of idle.splice(0)) resolve();
  }

  function start(name: QueueName, worker: Worker, job: MemoryJob): void {
    const controller = new AbortController();
    job.active = controller;
    job.attempt += 1;
    const run: JobRun = {
      id: job.id,
      input: job.input,
      attempt: job.attempt,
      isLastAttempt: job.attempt >= ATTEMPTS,
      signal: controller.signal,
      progress(progress) {
        job.progress = progress;
        return Promise.resolve();
      },
    };
    const done = Promise.resolve()
      .then(() => worker.handler(run))
      .then(
        () => true,
        (error: unknown) => hasEnded(error, run),
      )
      .then((ended) => {
        delete job.active;
        if (ended) queueOf(name).jobs.splice(queueOf(name).jobs.indexOf(job), 1);
        worker.running.delete(job);
        pump(name);
      });
    worker.running.set(job, done);
  }

  function isIdle(): boolean {
    return [...queues.values()].every(({ jobs, workers }) => workers.size === 0 || jobs.length === 0);
  }

  const jobs = {
    add(name, id, input) {
      if (isDown()) return Promise.reject(new AppError('QUEUE_UNAVAILABLE', {}));
      const queue = queueOf(name);
      if (!queue.jobs.some((job) => job.id === id)) queue.jobs.push({ id, input, attempt: 0 });
      pump(name);
      return Promise.resolve();
    },
    cancel(name, id) {
      if (isDown()) return Promise.reject(new AppError('QUEUE_UNAVAILABLE', {}));
      const queue = queueOf(name);
      const job = queue.jobs.find((each) => each.id === id);
      if (job === undefined) return Promise.resolve('absent');
      if (job.active === undefined) {
        queue.jobs.splice(queue.jobs.indexOf(job), 1);
        return Promise.resolve('removed');
      }
      job.active.abort('cancelled');
      return Promise.resolve('signalled');
    },
    state(name, id) {
      const queue = queueOf(name);
      const job = queue.jobs.find((each) => each.id === id);
      if (job === undefined) return Promise.resolve({ kind: 'absent' });
      if (job.active !== undefined) {
        return Promise.resolve({ kind: 'active', ...(job.progress === undefined ? {} : { progress: job.progress }) });
      }
      const waiting = queue.jobs.filter((each) => each.active === undefined);
      return Promise.resolve({ kind: 'waiting', position: waiting.indexOf(job) });
    },
    work(name, handler, { concurrency = 1 } = {}) {
      const worker: Worker = { handler, concurrency, running: new Map(), isStopping: false };
      queueOf(name).workers.add(worker);
      pump(name);
      return Promise.resolve(async () => {
        worker.isStopping = true;
        for (const job of worker.running.keys()) job.active?.abort('shutdown');
        await Promise.all(worker.running.values());
        queueOf(name).workers.delete(worker);
        pump(name);
      });
    },
  } satisfies Jobs;

  return {
    ...jobs,
    /** The next `count` calls of add and cancel throw QUEUE_UNAVAILABLE. */
    failNext(count = 1): void {
      failures = count;
    },
    /** Resolves when no queue that somebody serves has a job left. */
    async idle(): Promise<void> {
      await new Promise<void>((resolve) => {
        idle.push(resolve);
        if (isIdle()) for (const each of idle.splice(0)) each();
      });
    },
    /** Forget every waiting job, as a lost queue does. */
    lose(): void {
      for (const queue of queues.values()) queue.jobs = queue.jobs.filter((job) => job.active !== undefined);
    },
    waiting: (): readonly JobId[] =>
      [...queues.values()].flatMap((queue) =>
        queue.jobs.filter((job) => job.active === undefined).map((job) => job.id),
      ),
  };
}

function hasEnded(error: unknown, run: JobRun): boolean {
  if (run.signal.aborted) return run.signal.reason !== 'shutdown';
  if (!isAppError(error)) return run.isLastAttempt;
  return !shouldRetry(asAppError(error), run);
}
