import { type AppError, policyOf } from './errors.ts';
import type { JobRun } from './ports.ts';

/** Whether a job that failed with this error should run again. */
export function shouldRetry(error: AppError, run: Pick<JobRun, 'attempt' | 'isLastAttempt'>): boolean {
  switch (policyOf(error.code).retry) {
    case 'never':
      return false;
    case 'once':
      return run.attempt < 2 && !run.isLastAttempt;
    case 'backoff':
      return !run.isLastAttempt;
    case 'delayed':
      return true;
  }
}

/** Why a job's signal was aborted: `shutdown` leaves it to the next worker, `cancelled` ends it. */
export function isShutdown(signal: AbortSignal): boolean {
  return signal.aborted && signal.reason === 'shutdown';
}
