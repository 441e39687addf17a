import type { RequestListener } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { App, HTTPReceiver, SocketModeReceiver } from '@slack/bolt';
import { AppError } from '../../core/errors.ts';
import type { Logger, Stop } from '../../core/ports.ts';
import type { ChatBot } from '../shared/chat-bot.ts';
import type { Identity } from './address.ts';
import { fromSlackError, isTokenRefused, slackWordOf } from './errors.ts';
import { identitySchema } from './events.ts';
import { createSlackLog } from './slack-log.ts';
import { clientOptionsOf, type WebApi } from './web-api.ts';

/** How Slack's events come: over a socket that Easel opens, or as signed requests to an address of Easel. */
export type Transport =
  | { readonly kind: 'socket'; readonly appToken: string }
  | { readonly kind: 'http'; readonly signingSecret: string };

export interface ConnectionOptions {
  readonly api: WebApi;
  readonly botToken: string;
  readonly transport: Transport;
  readonly apiUrl?: string;
  readonly logger: Logger;
  /** The first pause after a failed attempt; it doubles up to a minute. Default: 1 s. */
  readonly retryMs?: number;
  /** Called once, when it is known who Easel is; no event comes before it resolves. */
  readonly attach: (app: App, identity: Identity) => Promise<void>;
}

export interface Connection {
  start(): void;
  readonly health: ChatBot['health'];
  readonly failed: Promise<never>;
  readonly stop: Stop;
  /** Takes Slack's requests; present for the transport `http`. */
  readonly listener?: RequestListener;
}

export const EVENTS_PATH = '/slack/events';

const RETRY_MS = 1000;
const LONGEST_RETRY_MS = 60_000;
const HELLO_WITHIN_MS = 20_000;
const HANG_UP_WITHIN_MS = 2000;

/** The line to Slack. It begins anew after every failure that time may mend, and ends with the reason after every other. */
export function createConnection(options: ConnectionOptions): Connection {
  const { api, transport, logger } = options;
  const stopping = new AbortController();
  const line = transport.kind === 'socket' ? createSocket(transport.appToken, options) : createHttp(transport, options);
  let health: ReturnType<ChatBot['health']> = 'connecting';
  let running: Promise<void> | undefined;
  let fail: (error: AppError) => void = () => undefined;
  const failed = new Promise<never>((_, reject) => {
    fail = (error) => {
      health = 'failed';
      reject(error);
    };
  });
  // Whoever watches hears it; nobody has to.
  failed.catch(() => undefined);

  async function run(): Promise<void> {
    const identity = await untilItWorks('SLACK_BOT_TOKEN', identify);
    if (identity === undefined) return;
    const app = createApp(options, line.receiver);
    await app.init();
    await options.attach(app, identity);
    while (!stopping.signal.aborted) {
      const connected = await untilItWorks('SLACK_APP_TOKEN', line.connect);
      if (connected === undefined) return;
      health = 'connected';
      logger.info({ event: 'slack-connected', transport: transport.kind }, 'connected to Slack');
      await connected.ended;
      if (stopping.signal.aborted) return;
      health = 'connecting';
      logger.info({ event: 'slack-disconnected' }, 'Slack ended the connection; beginning another');
    }
  }

  /** @returns undefined when stopped, or when trying again is useless. */
  async function untilItWorks<T>(token: string, step: () => Promise<T>): Promise<T | undefined> {
    for (let waitMs = options.retryMs ?? RETRY_MS; !stopping.signal.aborted; waitMs = nextWait(waitMs)) {
      try {
        return await step();
      } catch (thrown) {
        const error = fromSlackError(thrown);
        if (isTokenRefused(error)) {
          fail(refusedToken(token, error));
          return undefined;
        }
        logger.warn({ event: 'slack-connect', code: error.code, waitMs }, 'Slack cannot be reached; trying again');
        await sleep(waitMs, undefined, { signal: stopping.signal }).catch(() => undefined);
      }
    }
    return undefined;
  }

  async function identify(): Promise<Identity> {
    const { team_id: team, user_id: botUserId } = identitySchema.parse(await api.once((client) => client.auth.test()));
    return { team, botUserId };
  }

  return {
    start() {
      running ??= run();
    },
    health: () => health,
    failed,
    async stop() {
      stopping.abort();
      await line.hangUp();
      await running;
    },
    ...(line.listener === undefined ? {} : { listener: line.listener }),
  };
}

/** What Slack says about a token that it does not take, and what to do. */
export function describeRefusal(variable: string, error: AppError): { readonly what: string; readonly fix: string } {
  const { fix, needed } = error.details;
  const scope = needed === undefined ? '' : `, needs ${String(needed)}`;
  return { what: `${variable}: Slack refuses it (${slackWordOf(error)}${scope})`, fix: String(fix) };
}

function refusedToken(variable: string, error: AppError): AppError {
  const { what, fix } = describeRefusal(variable, error);
  return new AppError('CONFIG_INVALID', { problems: `${what}. ${fix}` }, { cause: error });
}

interface Line {
  readonly receiver: SocketModeReceiver | HTTPReceiver;
  connect(): Promise<{ readonly ended: Promise<void> }>;
  hangUp(): Promise<void>;
  readonly listener?: RequestListener;
}

function createApp({ botToken, apiUrl, logger }: ConnectionOptions, receiver: Line['receiver']): App {
  const app = new App({
    token: botToken,
    receiver,
    // With a bad token the constructor alone would end the process.
    deferInitialization: true,
    tokenVerificationEnabled: false,
    convoStore: false,
    clientOptions: clientOptionsOf({ ...(apiUrl === undefined ? {} : { apiUrl }), logger }),
    logger: createSlackLog(logger),
  });
  app.error(async (error) => {
    logger.error({ event: 'slack-listener', about: error.name }, 'a listener of Slack events failed');
  });
  return app;
}

/** Socket Mode. The SDK's own way to reconnect ends the process when a token is taken back, so it is not used. */
function createSocket(appToken: string, { apiUrl, logger }: ConnectionOptions): Line {
  const receiver = new SocketModeReceiver({
    appToken,
    autoReconnectEnabled: false,
    logger: createSlackLog(logger),
    installerOptions: { clientOptions: clientOptionsOf({ ...(apiUrl === undefined ? {} : { apiUrl }), logger }) },
  });
  const { client } = receiver;

  async function hangUp(): Promise<void> {
    const timer = new AbortController();
    const tooLong = sleep(HANG_UP_WITHIN_MS, undefined, { signal: timer.signal }).catch(() => undefined);
    await Promise.race([client.disconnect(), tooLong]);
    timer.abort();
  }

  return {
    receiver,
    async connect() {
      const ended = new Promise<void>((resolve) => client.once('disconnected', () => resolve()));
      const timer = new AbortController();
      const silence = sleep(HELLO_WITHIN_MS, undefined, { signal: timer.signal }).then(
        () => {
          throw new AppError('PLATFORM_UNAVAILABLE', {}, { details: { problem: 'no hello' } });
        },
        () => undefined,
      );
      try {
        await Promise.race([receiver.start(), silence]);
        return { ended };
      } catch (error) {
        if (error instanceof AppError) await hangUp();
        // A socket that closes before its hello rejects without a reason.
        throw fromSlackError(error ?? new AppError('PLATFORM_UNAVAILABLE', {}));
      } finally {
        timer.abort();
      }
    },
    hangUp,
  };
}

/** Events API over HTTP: the receiver checks signature and time stamp, and answers before any work is done. */
function createHttp({ signingSecret }: Extract<Transport, { kind: 'http' }>, { logger }: ConnectionOptions): Line {
  const receiver = new HTTPReceiver({ signingSecret, endpoints: [EVENTS_PATH], logger: createSlackLog(logger) });
  let isReady = false;
  let end: () => void = () => undefined;
  return {
    receiver,
    connect() {
      isReady = true;
      const ended = new Promise<void>((resolve) => {
        end = resolve;
      });
      return Promise.resolve({ ended });
    },
    hangUp() {
      isReady = false;
      end();
      return Promise.resolve();
    },
    listener(request, response) {
      const status = request.method !== 'POST' ? 405 : isReady ? undefined : 503;
      if (status === undefined) return receiver.requestListener(request, response);
      response.writeHead(status).end();
    },
  };
}

function nextWait(waitMs: number): number {
  return Math.min(2 * waitMs, LONGEST_RETRY_MS);
}
