import { setTimeout as pause } from 'node:timers/promises';
import type { AppError } from '../../core/errors.ts';
import type { Logger } from '../../core/ports.ts';
import type { ChatBot } from './chat-bot.ts';

export interface LineOptions {
  /** The platform, as its users write it. */
  readonly platform: string;
  readonly logger: Logger;
  /** The first pause after a failed attempt; it doubles up to a minute. Default: 1 s. */
  readonly retryMs?: number | undefined;
}

/** How the line to a platform is: tried again until it works, stopped, or failed for good. */
export interface Line {
  readonly health: ChatBot['health'];
  readonly failed: Promise<never>;
  /** Aborted by `stop`. */
  readonly signal: AbortSignal;
  /** A line that failed stays so. */
  become(health: 'connecting' | 'connected'): void;
  /** Going on is useless until somebody mends what the error says. */
  fail(error: AppError): void;
  /**
   * Try a step again and again, with growing pauses.
   * @param read what the step threw, as an AppError; CONFIG_INVALID fails the line.
   * @returns undefined when the line was stopped or failed.
   */
  untilItWorks<T>(step: () => Promise<T>, read: (thrown: unknown) => AppError): Promise<T | undefined>;
  stop(): void;
}

const RETRY_MS = 1000;
const LONGEST_RETRY_MS = 60_000;

export function createLine({ platform, logger, retryMs = RETRY_MS }: LineOptions): Line {
  const stopping = new AbortController();
  const { signal } = stopping;
  let health: ReturnType<ChatBot['health']> = 'connecting';
  let reject: (error: AppError) => void = () => undefined;
  const failed = new Promise<never>((_, settle) => {
    reject = settle;
  });
  // Whoever watches hears it; nobody has to.
  failed.catch(() => undefined);

  function fail(error: AppError): void {
    health = 'failed';
    reject(error);
  }

  return {
    health: () => health,
    failed,
    signal,
    become(next) {
      if (health !== 'failed') health = next;
    },
    fail,
    async untilItWorks(step, read) {
      for (let waitMs = retryMs; !signal.aborted; waitMs = Math.min(2 * waitMs, LONGEST_RETRY_MS)) {
        try {
          return await step();
        } catch (thrown) {
          if (health === 'failed' || signal.aborted) return undefined;
          const error = read(thrown);
          if (error.code === 'CONFIG_INVALID') {
            fail(error);
            return undefined;
          }
          const event = `${platform.toLowerCase()}-connect`;
          logger.warn({ event, code: error.code, waitMs }, `${platform} cannot be reached; trying again`);
          await pause(waitMs, undefined, { signal }).catch(() => undefined);
        }
      }
      return undefined;
    },
    stop: () => stopping.abort(),
  };
}
