import { asAppError } from '../core/errors.ts';
import type { Clock, Ephemeral, Logger, QueueName, Stop } from '../core/ports.ts';

/** A worker is noticed as gone after one to two of these. */
const WINDOW_MS = 15_000;
const ANNOUNCE_EVERY_MS = 5000;

export interface PresenceDeps {
  readonly ephemeral: Ephemeral;
  readonly clock: Clock;
}

/**
 * Tell every process, again and again, that a queue is served here.
 * @param isFit rejects while the worker could not do its work; then nothing is told.
 */
export function announcePresence(
  { ephemeral, clock, logger }: PresenceDeps & { readonly logger: Logger },
  queue: QueueName,
  isFit: () => Promise<void> = () => Promise.resolve(),
): Stop {
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;
  let stopWaiting = () => {};
  const stopped = new Promise<void>((resolve) => {
    stopWaiting = resolve;
  });

  async function announce(): Promise<void> {
    try {
      await Promise.race([isFit(), stopped]);
      if (!isStopped) await ephemeral.count(presenceKey(queue, clock.now()), 1, 4 * WINDOW_MS);
    } catch (error) {
      if (!isStopped)
        logger.warn({ event: 'worker-unfit', queue, code: asAppError(error).code }, 'a worker cannot work');
    }
    if (!isStopped) timer = setTimeout(start, ANNOUNCE_EVERY_MS);
  }

  let announcing = Promise.resolve();
  function start(): void {
    announcing = announce();
  }
  start();
  return async () => {
    isStopped = true;
    clearTimeout(timer);
    stopWaiting();
    await announcing;
  };
}

/** Whether some process serves a queue now. @throws AppError STORE_UNAVAILABLE, QUEUE_UNAVAILABLE */
export async function isServed({ ephemeral, clock }: PresenceDeps, queue: QueueName): Promise<boolean> {
  const now = clock.now();
  const counts = await Promise.all(
    [now, now - WINDOW_MS].map((time) => ephemeral.count(presenceKey(queue, time), 0, 4 * WINDOW_MS)),
  );
  return counts.some((count) => count > 0);
}

function presenceKey(queue: QueueName, time: number): string {
  return `served:${queue}:${Math.floor(time / WINDOW_MS)}`;
}
