import type { Logger } from '../../core/ports.ts';
import { createSeldomLog } from '../log-seldom.ts';
import type { BullWorker } from './bull.ts';

/** The part of a worker that is watched. */
export type WatchedWorker = Pick<BullWorker, 'name' | 'closing' | 'pause' | 'resume'> & {
  on(event: 'error', listener: (error: Error) => void): unknown;
};

/** Calls `then` once after `delayMs`; `setTimeout` outside tests. */
type Schedule = (then: () => void, delayMs: number) => void;

export interface WorkerHealthDeps {
  readonly logger: Logger;
  readonly now: () => number;
  readonly schedule: Schedule;
}

/** More errors than this within a second: every query fails. */
const BURST = 10;
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 60_000;

/**
 * BullMQ's worker asks again at once when a query fails for another reason than a lost connection: some 40,000 errors in
 * 30 s. Here such a worker pauses, each time twice as long, and errors are logged once in ten seconds with their number.
 */
export function watchWorkerHealth(worker: WatchedWorker, { logger, now, schedule }: WorkerHealthDeps): void {
  const log = createSeldomLog(
    logger,
    { event: 'worker-error', queue: worker.name },
    'a worker could not use its queue',
    now,
  );
  let burst = { since: Number.NEGATIVE_INFINITY, errors: 0 };
  let pause = { endedAt: Number.NEGATIVE_INFINITY, ms: 0, isOn: false };

  async function backOff(): Promise<void> {
    // Calm for as long as the last pause lasted means that it is another trouble.
    const isNew = now() - pause.endedAt > Math.max(pause.ms, FIRST_PAUSE_MS);
    const ms = isNew ? FIRST_PAUSE_MS : Math.min(pause.ms * 2, LONGEST_PAUSE_MS);
    pause = { ...pause, ms, isOn: true };
    logger.warn({ event: 'worker-paused', queue: worker.name, pauseMs: ms }, 'a worker whose queries fail pauses');
    await worker.pause(true);
    schedule(() => {
      pause = { endedAt: now(), ms, isOn: false };
      if (worker.closing === undefined) void worker.resume();
    }, ms);
  }

  worker.on('error', (error) => {
    log(error);
    if (now() - burst.since > 1000) burst = { since: now(), errors: 0 };
    burst = { ...burst, errors: burst.errors + 1 };
    if (burst.errors <= BURST || pause.isOn || worker.closing !== undefined) return;
    burst = { since: Number.NEGATIVE_INFINITY, errors: 0 };
    void backOff();
  });
}
