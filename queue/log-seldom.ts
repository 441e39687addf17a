import type { Logger } from '../core/ports.ts';

const EVERY_MS = 10_000;

/** Log errors that come in floods: the first at once, then one in ten seconds with the number of those left out. */
export function createSeldomLog(
  logger: Logger,
  fields: Readonly<Record<string, string>>,
  message: string,
  now: () => number = () => performance.now(),
): (error: unknown) => void {
  let loggedAt = Number.NEGATIVE_INFINITY;
  let suppressed = 0;
  return (error) => {
    if (now() - loggedAt < EVERY_MS) {
      suppressed += 1;
      return;
    }
    logger.error({ ...fields, cause: String(error), suppressed }, message);
    loggedAt = now();
    suppressed = 0;
  };
}
