import type { RequestListener } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { App, HTTPReceiver, SocketModeReceiver } from '@slack/bolt';
import { AppError } from '../../core/errors.ts';
import type { Logger, Stop } from '../../core/ports.ts';
import type { ChatBot } from '../shared/chat-bot.ts';
import { createLine } from '../shared/line.ts';
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

const HELLO_WITHIN_MS = 20_000;
const HANG_UP_WITHIN_MS = 2000;

/** The line to Slack. It begins anew after every failure that time may mend, and ends with the reason after every other. */
export function createConnection(options: ConnectionOptions): Connection {
  const { api, transport, logger, retryMs } = options;
  const line = createLine({ platform: 'Slack', logger, retryMs });
  const way = transport.kind === 'socket' ? createSocket(transport.appToken, options) : createHttp(transport, options);
  let running: Promise<void> | undefined;

  async function run(): Promise<void> {
    const identity = await line.untilItWorks(identify, readerFor('SLACK_BOT_TOKEN'));
    if (identity === undefined) return;
    const app = createApp(options, way.receiver);
    await app.init();
    await options.attach(app, identity);
    for (;;) {
      const connected = await line.untilItWorks(way.connect, readerFor('SLACK_APP_TOKEN'));
      if (connected === undefined) return;
      line.become('connected');
      logger.info({ event: 'slack-connected', transport: transport.kind }, 'connected to Slack');
      await connected.ended;
      if (line.signal.aborted) return;
      line.become('connecting');
      logger.info({ event: 'slack-disconnected' }, 'Slack ended the connection; beginning another');
    }
  }

  async function identify(): Promise<Identity> {
    const { team_id: team, user_id: botUserId } = identitySchema.parse(await api.once((client) => client.auth.test()));
    return { team, botUserId };
  }

  return {
    start() {
      running ??= run();
    },
    health: line.health,
    failed: line.failed,
    async stop() {
      line.stop();
      await way.hangUp();
      await running;
    },
    ...(way.listener === undefined ? {} : { listener: way.listener }),
  };
}

/** What Slack says about a token that it does not take, and what to do. */
export function describeRefusal(variable: string, error: AppError): { readonly what: string; readonly fix: string } {
  const { fix, needed } = error.details;
  const scope = needed === undefined ? '' : `, needs ${String(needed)}`;
  return { what: `${variable}: Slack refuses it (${slackWordOf(error)}${scope})`, fix: String(fix) };
}

/** What a step threw; a token that is refused must be mended by somebody. */
function readerFor(variable: string): (thrown: unknown) => AppError {
  return (thrown) => {
    const error = fromSlackError(thrown);
    if (!isTokenRefused(error)) return error;
    const { what, fix } = describeRefusal(variable, error);
    return new AppError('CONFIG_INVALID', { problems: `${what}. ${fix}` }, { cause: error });
  };
}

/** One of the two ways in which events come. */
interface Way {
  readonly receiver: SocketModeReceiver | HTTPReceiver;
  connect(): Promise<{ readonly ended: Promise<void> }>;
  hangUp(): Promise<void>;
  readonly listener?: RequestListener;
}

function createApp({ botToken, apiUrl, logger }: ConnectionOptions, receiver: Way['receiver']): App {
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
function createSocket(appToken: string, { apiUrl, logger }: ConnectionOptions): Way {
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
function createHttp({ signingSecret }: Extract<Transport, { kind: 'http' }>, { logger }: ConnectionOptions): Way {
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
