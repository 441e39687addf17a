import { webApi } from '@slack/bolt';
import type { AppError } from '../../core/errors.ts';
import type { Logger } from '../../core/ports.ts';
import { fromSlackError } from './errors.ts';
import { createSlackLog } from './slack-log.ts';

export interface WebApiOptions {
  readonly botToken: string;
  /** Default: https://slack.com/api/. */
  readonly apiUrl?: string;
  readonly logger: Logger;
}

/** Slack's Web API with Easel's errors and patience. */
export interface WebApi {
  readonly client: webApi.WebClient;
  /** One attempt. @throws AppError PLATFORM_RATE_LIMITED, PLATFORM_FORBIDDEN, PLATFORM_NOT_FOUND, PLATFORM_UNAVAILABLE, BUG */
  once<T extends webApi.WebAPICallResult>(call: (client: webApi.WebClient) => Promise<T>): Promise<T>;
  /** For calls that may safely be repeated: waits where Slack asks to, or is in trouble. @throws as `once`, CANCELLED */
  patiently<T extends webApi.WebAPICallResult>(
    call: (client: webApi.WebClient) => Promise<T>,
    options: { readonly signal: AbortSignal },
  ): Promise<T>;
}

const TIMEOUT_MS = 10_000;
const ATTEMPTS = 4;
const FIRST_WAIT_MS = 300;
const LONGEST_WAIT_MS = 60_000;

/**
 * The SDK neither repeats a call (a post whose answer got lost would be made twice) nor waits when Slack says "too often"
 * (it would hold up every other call): both are decided here and by the queue.
 */
export function clientOptionsOf({ apiUrl, logger }: Pick<WebApiOptions, 'apiUrl' | 'logger'>): webApi.WebClientOptions {
  return {
    ...(apiUrl === undefined ? {} : { slackApiUrl: apiUrl }),
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: TIMEOUT_MS,
    logger: createSlackLog(logger),
  };
}

export function createWebApi(options: WebApiOptions): WebApi {
  const client = new webApi.WebClient(options.botToken, clientOptionsOf(options));

  async function once<T>(call: (client: webApi.WebClient) => Promise<T>): Promise<T> {
    try {
      return await call(client);
    } catch (thrown) {
      throw fromSlackError(thrown);
    }
  }

  return {
    client,
    once,
    async patiently(call, { signal }) {
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await once(call);
        } catch (thrown) {
          const waitMs = waitAfter(fromSlackError(thrown), attempt);
          if (waitMs === undefined || attempt === ATTEMPTS || signal.aborted) throw thrown;
          await pause(waitMs, signal);
        }
      }
    },
  };
}

/** @returns undefined where waiting cannot help. */
function waitAfter(error: AppError, attempt: number): number | undefined {
  if (error.code === 'PLATFORM_UNAVAILABLE') return FIRST_WAIT_MS * 2 ** (attempt - 1);
  if (error.code === 'PLATFORM_RATE_LIMITED') return Math.min(Number(error.values['retryAfterMs']), LONGEST_WAIT_MS);
  return undefined;
}

/** Resolves early when the signal aborts. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
  });
}
