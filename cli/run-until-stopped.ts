import { asAppError } from '../core/errors.ts';
import type { Logger } from '../core/ports.ts';
import type { Easel } from './easel.ts';
import { EXIT, type ExitCode } from './failure.ts';
import type { Io } from './io.ts';

/** npm passes on the Ctrl+C that the terminal has sent already: two signals within this are one wish. */
const SAME_WISH_MS = 1000;
/** Longer than a worker needs to cancel a render, with its grace period. */
const STOP_WITHIN_MS = 15_000;

export interface RunDeps {
  readonly io: Io;
  readonly logger: Logger;
}

/**
 * Keep a process until a signal ends it, or something that nobody foresaw.
 * @param fatal rejects with what makes going on useless.
 * @throws what `fatal` rejected with, after everything was stopped.
 */
export async function runUntilStopped(easel: Easel, fatal: Promise<never>, { io, logger }: RunDeps): Promise<ExitCode> {
  const { ending, release } = listenForTheEnd(logger);
  try {
    const exitCode = await Promise.race([ending, fatal]);
    io.note('Stopping; unfinished pictures go on at the next start.');
    return exitCode;
  } finally {
    const deadline = setTimeout(() => {
      io.note('Stopping took too long; ended without waiting any more.');
      process.exit(EXIT.failed);
    }, STOP_WITHIN_MS);
    await easel.stop();
    clearTimeout(deadline);
    release();
  }
}

function listenForTheEnd(logger: Logger) {
  let resolve: (code: ExitCode) => void = () => undefined;
  const ending = new Promise<ExitCode>((settle) => {
    resolve = settle;
  });
  let askedAt: number | undefined;
  const onSignal = () => {
    // A person who asks twice does not want to wait.
    if (askedAt !== undefined && performance.now() - askedAt > SAME_WISH_MS) process.exit(EXIT.failed);
    askedAt ??= performance.now();
    resolve(EXIT.done);
  };
  const onUnforeseen = (thrown: unknown) => {
    const { code, cause } = asAppError(thrown);
    const stack = cause instanceof Error ? cause.stack : undefined;
    logger.error({ event: 'unforeseen', code, stack }, 'something unforeseen ends this process');
    resolve(EXIT.failed);
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  process.on('uncaughtException', onUnforeseen).on('unhandledRejection', onUnforeseen);
  return {
    ending,
    release() {
      process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
      process.off('uncaughtException', onUnforeseen).off('unhandledRejection', onUnforeseen);
    },
  };
}
