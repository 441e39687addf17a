import { DelayedError, type Job, UnrecoverableError, WaitingError } from 'bullmq';
import { type AppError, asAppError, isAppError, policyOf } from '../../core/errors.ts';
import type { Ephemeral, JobHandler, JobRun, Logger, QueueName } from '../../core/ports.ts';
import { isShutdown, shouldRetry } from '../../core/retry.ts';
import { isCancelFlagged } from './cancel.ts';
import { type JobRecord, jobIdSchema, parseJobRecord } from './job-record.ts';

export interface RunJobDeps {
  readonly queue: QueueName;
  readonly handler: JobHandler;
  readonly ephemeral: Ephemeral;
  readonly logger: Logger;
  /** Called as the job begins, with the controller that `cancel` and a stop abort. @returns what to call at its end. */
  readonly track: (incarnation: string, controller: AbortController) => () => void;
  readonly started: (priority: number) => Promise<void>;
}

/** One attempt of a job. What it throws tells BullMQ what to do: run again, end, wait, or leave to the next worker. */
export async function runJob(deps: RunJobDeps, job: Job, token: string): Promise<void> {
  const { queue, handler, ephemeral, logger } = deps;
  const record = readRecord(queue, job, logger);
  const controller = new AbortController();
  const untrack = deps.track(record.incarnation, controller);
  const run: JobRun = {
    id: jobIdSchema.parse(job.id),
    input: record.input,
    attempt: Math.max(1, job.attemptsStarted),
    isLastAttempt: job.attemptsMade + 1 >= (job.opts.attempts ?? 1),
    signal: controller.signal,
    progress: (progress) => job.updateProgress({ ...progress }).catch(() => undefined),
  };
  try {
    // Tracked first: whoever cancels from here on either set the flag before this look or publishes after it.
    const [isCancelled] = await Promise.all([
      isCancelFlagged(ephemeral, record.incarnation),
      deps.started(job.priority),
    ]);
    if (isCancelled) return;
    if (isShutdown(run.signal)) throw new Error('the worker is stopping');
    await handler(run);
  } catch (error) {
    throw await verdict(error, run, job, token);
  } finally {
    untrack();
  }
}

/** The error that makes BullMQ do what the policy says. */
async function verdict(thrown: unknown, run: JobRun, job: Job, token: string): Promise<unknown> {
  if (isShutdown(run.signal)) {
    await job.moveToWait(token);
    return new WaitingError();
  }
  if (run.signal.aborted) return new UnrecoverableError('cancelled');
  if (!isAppError(thrown)) return thrown;
  if (policyOf(thrown.code).retry === 'delayed') {
    await job.moveToDelayed(Date.now() + retryAfterMs(thrown), token);
    return new DelayedError();
  }
  return shouldRetry(thrown, run) ? thrown : new UnrecoverableError(thrown.code);
}

const SHORTEST_DELAY_MS = 50;

function retryAfterMs({ values }: AppError): number {
  return Math.max(SHORTEST_DELAY_MS, Number(values['retryAfterMs'] ?? 0));
}

function readRecord(queue: QueueName, job: Job, logger: Logger): JobRecord {
  try {
    return parseJobRecord(queue, job.data);
  } catch (error) {
    const { code } = asAppError(error);
    logger.error({ event: 'job-unreadable', queue, jobId: job.id, code }, 'a job of another version was dropped');
    throw new UnrecoverableError('PAYLOAD_INVALID');
  }
}
