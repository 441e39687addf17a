import type { ReceiverEvent } from '@slack/bolt';
import { asAppError } from '../../core/errors.ts';
import type { KeptEvent } from '../../core/inbox.ts';
import type { ChatBotDeps } from '../shared/chat-bot.ts';
import { createLanes } from '../shared/lanes.ts';
import type { Identity } from './address.ts';
import { eventKeyOf } from './event-key.ts';

const PLATFORM = 'slack';
const DAY_MS = 24 * 60 * 60 * 1000;
/** An event that ends the process each time must not do so for ever. */
const MAX_REPEATS = 3;

export interface KeptEventsOptions {
  readonly identity: Identity;
  /** Carries an event out; one that was not kept is acknowledged there, too. */
  readonly handle: (event: ReceiverEvent) => Promise<void>;
  /** Aborted when nothing more is carried out: what is in work then is left for the next start. */
  readonly signal: AbortSignal;
}

export interface KeptEvents {
  /** @throws AppError STORE_UNAVAILABLE before the event is acknowledged: Slack sends it again. */
  take(event: ReceiverEvent): Promise<void>;
  /** This event could be neither carried out nor answered: it is tried again. */
  leave(body: unknown): void;
  /** Carry out what is kept and was not, oldest first in each conversation. Never throws. @param minAgeMs leaves younger ones alone. */
  repeat(minAgeMs: number): Promise<void>;
}

/**
 * Slack sends nothing again that was acknowledged, and waits three seconds for that, which is too short to fetch pictures. So
 * an event is kept in the inbox before it is acknowledged, and forgotten when it was carried out. Every event is carried out
 * once, however often it is delivered: what is kept is in work, and what was done is marked before it is forgotten.
 */
export function createKeptEvents(
  { inbox, ephemeral, clock, logger }: Pick<ChatBotDeps, 'inbox' | 'ephemeral' | 'clock' | 'logger'>,
  { identity, handle, signal }: KeptEventsOptions,
): KeptEvents {
  const lanes = createLanes();
  const inWork = new Set<string>();
  const left = new Set<string>();

  async function isDone(key: string): Promise<boolean> {
    return (await ephemeral.count(`slack-done:${key}`, 0, DAY_MS)) > 0;
  }

  async function finish(key: string): Promise<void> {
    await ephemeral.count(`slack-done:${key}`, 1, DAY_MS);
    await inbox.done(PLATFORM, key);
  }

  /** What is carried out is acknowledged already. */
  async function carryOut(key: string, body: ReceiverEvent['body']): Promise<void> {
    inWork.add(key);
    try {
      await handle({ body, ack: () => Promise.resolve() });
      const isLeft = left.delete(key);
      if (!isLeft && !signal.aborted) await finish(key);
    } finally {
      inWork.delete(key);
    }
  }

  async function again({ key, body }: KeptEvent): Promise<void> {
    if (signal.aborted) return;
    if (await isDone(key)) return await inbox.done(PLATFORM, key);
    if ((await ephemeral.count(`slack-repeats:${key}`, 1, DAY_MS)) > MAX_REPEATS) {
      logger.error({ event: 'slack-given-up' }, 'an event was given up after several attempts');
      return await finish(key);
    }
    await carryOut(key, JSON.parse(body));
  }

  async function inOrder(events: readonly KeptEvent[]): Promise<void> {
    for (const event of events) {
      try {
        await again(event);
      } catch (error) {
        logger.error({ event: 'slack-repeat', code: asAppError(error).code }, 'an event is left for later');
      }
    }
  }

  /** An acknowledgement is lost with its connection; then the event comes again, and is known. What it asks for is done now. */
  async function acknowledge({ ack }: ReceiverEvent): Promise<void> {
    try {
      await ack();
    } catch {
      logger.info({ event: 'slack-unacknowledged' }, 'an acknowledgement did not reach Slack, which will ask again');
    }
  }

  return {
    async take(event) {
      const about = eventKeyOf(event.body, identity);
      if (about === undefined) return await handle(event);
      const { key, lane } = about;
      const kept = { key, body: JSON.stringify(event.body), keptAt: clock.now() };
      // One after the other in each conversation: a store may confirm what came later first.
      const state = await lanes.run(lane, async () => {
        if (!(await inbox.keep(PLATFORM, kept))) return 'in work';
        return (await isDone(key)) ? 'done' : 'new';
      });
      if (state === 'done') await inbox.done(PLATFORM, key);
      await acknowledge(event);
      if (state === 'new') await carryOut(key, event.body);
    },
    leave(body) {
      const about = eventKeyOf(body, identity);
      if (about !== undefined) left.add(about.key);
    },
    async repeat(minAgeMs) {
      try {
        const kept = await inbox.list(PLATFORM);
        const due = kept.filter(({ key, keptAt }) => !inWork.has(key) && keptAt <= clock.now() - minAgeMs);
        const laned = due.map((kept) => ({
          kept,
          lane: eventKeyOf(JSON.parse(kept.body), identity)?.lane ?? kept.key,
        }));
        const lanesDue = new Set(laned.map(({ lane }) => lane));
        await Promise.all(
          [...lanesDue].map((lane) => inOrder(laned.flatMap((each) => (each.lane === lane ? [each.kept] : [])))),
        );
      } catch (error) {
        logger.error({ event: 'slack-inbox', code: asAppError(error).code }, 'the inbox could not be read');
      }
    },
  };
}
