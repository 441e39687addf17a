import { setTimeout as sleep } from 'node:timers/promises';
import type { App } from '@slack/bolt';
import { asAppError } from '../../core/errors.ts';
import type { ChatBot, ChatBotDeps } from '../shared/chat-bot.ts';
import { createLanes } from '../shared/lanes.ts';
import { createLiveCards } from '../shared/live-cards.ts';
import { createMessageTaker } from '../shared/take-message.ts';
import type { Identity } from './address.ts';
import { ACTION_ID } from './blocks.ts';
import { createConnection, EVENTS_PATH } from './connection.ts';
import { deletionSchema, messageEventSchema, pressSchema } from './events.ts';
import { createKeptEvents } from './kept-events.ts';
import { createMessages } from './messages.ts';
import { createOpenFile, FILE_ORIGINS } from './open-file.ts';
import { decodePlace } from './place.ts';
import { createSlackPlatform } from './platform.ts';
import { createPresses } from './presses.ts';
import { SHARE_TIMES, type ShareTimes } from './share-file.ts';
import { escapeText } from './text.ts';
import { type SlackTokens, transportOf } from './tokens.ts';
import { createWebApi } from './web-api.ts';

export interface SlackBotOptions extends SlackTokens {
  /** Default: Slack's own addresses. */
  readonly endpoints?: { readonly apiUrl: string; readonly fileOrigins: readonly string[] };
  readonly times?: {
    readonly share?: ShareTimes;
    /** Between two edits of one card, and between any two edits. */
    readonly cards?: { readonly everyMs: number; readonly gapMs: number };
    readonly retryMs?: number;
  };
}

/** Slack allows about fifty edits a minute and workspace. */
const CARD_TIMES = { everyMs: 3000, gapMs: 1200 } as const;

const FINISH_WITHIN_MS = 8000;
/** How often, and how old, what is left is tried again. */
const REPEAT_EVERY_MS = 60_000;
const REPEAT_WITHIN_MS = 10_000;

/** Easel in one Slack workspace. */
export function createSlackBot(deps: ChatBotDeps, options: SlackBotOptions): ChatBot {
  const { logger } = deps;
  const { endpoints, times = {} } = options;
  const botToken = options.botToken.reveal();
  const fileOrigins = endpoints?.fileOrigins ?? FILE_ORIGINS;
  const apiUrl = endpoints === undefined ? {} : { apiUrl: endpoints.apiUrl };
  const api = createWebApi({ botToken, ...apiUrl, logger });
  const bare = createSlackPlatform({ api, fileOrigins, times: times.share ?? SHARE_TIMES, blobs: deps.blobs });
  const liveCards = createLiveCards(deps, bare, times.cards ?? CARD_TIMES);
  const { platform } = liveCards;
  const stopping = new AbortController();
  const { signal } = stopping;
  const hangingUp = new AbortController();
  const lanes = createLanes();
  const open = createOpenFile({ botToken, fileOrigins, logger });
  const taker = createMessageTaker({ ...deps, liveCards, open, say: ({ place }, text) => say(place, text) });
  const press = createPresses({ ...deps, api, liveCards, signal });
  const pressing = new Set<Promise<void>>();

  async function say(place: string, text: string): Promise<string> {
    const { channel, thread } = decodePlace(place);
    const post = { channel, text: escapeText(text), ...(thread === undefined ? {} : { thread_ts: thread }) };
    const answer = await api.once((client) => client.chat.postMessage(post));
    return `${channel}:${answer.ts}`;
  }

  async function attach(app: App, identity: Identity): Promise<void> {
    const messages = createMessages({ ...deps, api, platform, taker, say, lanes, signal }, identity);
    const kept = createKeptEvents(deps, { identity, handle: app.processEvent.bind(app), signal });
    // Bolt acknowledges an event before any listener hears of it, so what comes is kept before Bolt does.
    app.processEvent = kept.take;

    async function onEvent({ event, body }: { readonly event: unknown; readonly body: unknown }): Promise<void> {
      const deletion = deletionSchema.safeParse(event);
      if (deletion.success) return await messages.onDeletion(deletion.data);
      const message = messageEventSchema.safeParse(event);
      if (message.success) {
        if (!(await messages.onMessage(message.data))) kept.leave(body);
      } else logger.debug({ event: 'slack-event-unread' }, 'an event had a form that Easel does not read');
    }

    app.event('app_mention', onEvent);
    app.event('message', onEvent);
    app.action(ACTION_ID, async ({ ack, body }) => {
      await ack();
      const parsed = pressSchema.safeParse(body);
      if (!parsed.success) return;
      const work = press(parsed.data).finally(() => pressing.delete(work));
      pressing.add(work);
      await work;
    });

    const repeating = setInterval(() => void kept.repeat(REPEAT_EVERY_MS), REPEAT_EVERY_MS);
    signal.addEventListener('abort', () => clearInterval(repeating), { once: true });
    // What an earlier process left comes before anything new; a picture that takes long keeps nobody waiting.
    await Promise.race([
      kept.repeat(0),
      sleep(REPEAT_WITHIN_MS, undefined, { ref: false, signal: hangingUp.signal }).catch(() => undefined),
    ]);
  }

  const connection = createConnection({
    api,
    botToken,
    transport: transportOf(options),
    ...apiUrl,
    logger,
    ...(times.retryMs === undefined ? {} : { retryMs: times.retryMs }),
    attach,
  });

  return {
    platform,
    start() {
      connection.start();
      liveCards.start().catch((error: unknown) => {
        logger.warn(
          { event: 'slack-cards', code: asAppError(error).code },
          'cards of earlier requests were not taken up',
        );
      });
    },
    health: connection.health,
    failed: connection.failed,
    async stop() {
      hangingUp.abort();
      await connection.stop();
      // Messages that were taken are taken in before the end, where that does not last; the others at the next start.
      await Promise.race([lanes.idle(), sleep(FINISH_WITHIN_MS, undefined, { ref: false })]);
      stopping.abort();
      await taker.stop();
      await lanes.idle();
      await Promise.all(pressing);
      await liveCards.stop();
    },
    ...(connection.listener === undefined ? {} : { http: { path: EVENTS_PATH, listener: connection.listener } }),
  };
}
