import { setTimeout } from 'node:timers/promises';
import { cardOf } from '../../core/cards.ts';
import type { CardContent } from '../../core/content.ts';
import type { Conversation, Turn } from '../../core/domain.ts';
import { asAppError } from '../../core/errors.ts';
import { conversationTopic } from '../../core/events.ts';
import type { ConversationId, TurnId } from '../../core/ids.ts';
import type { ChatPlatform, Stop } from '../../core/ports.ts';
import { isEnded } from '../../core/turns.ts';
import type { ChatBotDeps } from './chat-bot.ts';
import { readTurnProgress } from './turn-progress.ts';
import { createWake } from './wake.ts';

export interface LiveCardsOptions {
  /** Shortest time between two looks at one conversation, so between two edits of one card. Default 3 s. */
  readonly everyMs?: number;
  /** Shortest time between any two edits, for platforms that count them together. Default 0. */
  readonly gapMs?: number;
}

export interface LiveCards {
  /** The same platform; cards posted through it are kept up to date from then on. */
  readonly platform: ChatPlatform;
  /** Keep the cards of a conversation up to date until nothing of it is being made. */
  watch(id: ConversationId): Promise<void>;
  /** Go on with what an earlier process left unfinished. */
  start(): Promise<void>;
  readonly stop: Stop;
}

type Deps = Pick<ChatBotDeps, 'manager' | 'jobs' | 'documents' | 'ephemeral' | 'texts' | 'clock' | 'logger'>;

interface Watched {
  readonly unsubscribe: Stop;
  isChanged: boolean;
  lookedAt: number;
  /** The look that is going on. */
  looking?: Promise<void>;
}

/** Cards that ended before this process began are edited once more when they did so this recently: the last edit may be missing. */
const RECENT_MS = 10 * 60_000;
const REMEMBERED_CARDS = 2000;

/**
 * Edits the cards of running turns. Best effort and beside the flow: an announcement only says when to look; what a card
 * says is computed when its edit is sent, so the latest wins. Conversations wait for each other only where the platform counts
 * their edits together; a card that can not be edited any more is left alone.
 */
export function createLiveCards(
  { manager, jobs, documents, ephemeral, texts, clock, logger }: Deps,
  platform: ChatPlatform,
  { everyMs = 3000, gapMs = 0 }: LiveCardsOptions = {},
): LiveCards {
  const watched = new Map<ConversationId, Watched>();
  const shown = new Map<TurnId, string>();
  /** Cards that were deleted, or are not ours to edit. */
  const gone = new Set<TurnId>();
  const stopping = new AbortController();
  const wake = createWake(stopping.signal);
  let looping: Promise<void> | undefined;

  async function watch(id: ConversationId): Promise<void> {
    const known = watched.get(id);
    if (known !== undefined) {
      known.isChanged = true;
      return;
    }
    const entry: Watched = { unsubscribe: await subscribe(id), isChanged: true, lookedAt: clock.now() };
    if (watched.has(id) || stopping.signal.aborted) return await entry.unsubscribe();
    watched.set(id, entry);
    looping ??= loop();
    wake.now();
  }

  function subscribe(id: ConversationId): Promise<Stop> {
    return ephemeral.subscribe(conversationTopic(id), () => {
      const entry = watched.get(id);
      if (entry === undefined || entry.isChanged) return;
      entry.isChanged = true;
      wake.now();
    });
  }

  async function loop(): Promise<void> {
    while (!stopping.signal.aborted) {
      const [next] = [...watched]
        .filter(([, { looking }]) => looking === undefined)
        .toSorted(([, a], [, b]) => a.lookedAt - b.lookedAt);
      const waitMs = next === undefined ? everyMs : next[1].lookedAt + everyMs - clock.now();
      if (next === undefined || waitMs > 0) {
        await wake.wait(Math.max(1, waitMs));
        continue;
      }
      const looking = lookOnce(...next);
      if (gapMs > 0) await looking;
    }
  }

  function lookOnce(id: ConversationId, entry: Watched): Promise<void> {
    entry.looking = look(id, entry).finally(() => {
      delete entry.looking;
      entry.lookedAt = clock.now();
      wake.now();
    });
    return entry.looking;
  }

  async function look(id: ConversationId, entry: Watched): Promise<void> {
    entry.isChanged = false;
    try {
      const document = await manager.get(id);
      for (const turn of document.turns) await update(document, turn);
      if (!entry.isChanged && document.turns.every((turn) => isEnded(turn) || turn.status === 'asked')) {
        watched.delete(id);
        await entry.unsubscribe();
      }
    } catch (error) {
      logger.warn({ event: 'card-look', code: asAppError(error).code }, 'a card was not looked at; it will be again');
    }
  }

  async function update(document: Conversation, turn: Turn): Promise<void> {
    const card = turn.deliveries.find((each) => each.kind === 'card' && each.status === 'posted');
    const isOld = !shown.has(turn.id) && isEnded(turn) && (turn.endedAt ?? 0) < clock.now() - RECENT_MS;
    if (card?.postedId === undefined || isOld || gone.has(turn.id)) return;
    const now = isEnded(turn) ? {} : await readTurnProgress(jobs, turn);
    const content = cardOf(document, turn, { texts, engines: manager.engines, now });
    if (shown.get(turn.id) === textOf(content)) return;
    const target = { conversationId: document.id, place: document.place, replyTo: turn.messageId };
    try {
      await platform.updateCard(target, card.postedId, content);
      remember(turn.id, content);
    } catch (thrown) {
      await afterRefusal(document.id, turn.id, thrown);
    }
    if (gapMs > 0) await pause(gapMs);
  }

  function remember(turnId: TurnId, card: CardContent): void {
    shown.delete(turnId);
    shown.set(turnId, textOf(card));
    const [oldest] = shown.keys();
    if (shown.size > REMEMBERED_CARDS && oldest !== undefined) shown.delete(oldest);
  }

  async function afterRefusal(id: ConversationId, turnId: TurnId, thrown: unknown): Promise<void> {
    const error = asAppError(thrown);
    const entry = watched.get(id);
    if (error.code === 'PLATFORM_RATE_LIMITED') {
      if (entry !== undefined) entry.isChanged = true;
      await pause(Number(error.values['retryAfterMs']));
      return;
    }
    logger.info({ event: 'card-update', turnId, code: error.code }, 'a card was not edited');
    // Anything but that is tried at the next look.
    if (error.code === 'PLATFORM_NOT_FOUND' || error.code === 'PLATFORM_FORBIDDEN') gone.add(turnId);
    else if (entry !== undefined) entry.isChanged = true;
  }

  async function pause(ms: number): Promise<void> {
    await setTimeout(ms, undefined, { signal: stopping.signal }).catch(() => undefined);
  }

  return {
    platform: {
      ...platform,
      async postCard(target, card, attempt) {
        const postedId = await platform.postCard(target, card, attempt);
        remember(card.turnId, card);
        await watch(target.conversationId);
        const entry = watched.get(target.conversationId);
        // The post counts like an edit.
        if (entry !== undefined) entry.lookedAt = clock.now();
        return postedId;
      },
    },
    watch,
    async start() {
      for (const id of await documents.listUnfinished()) {
        const document = await documents.get(id);
        if (document?.platform === platform.name) await watch(id);
      }
    },
    async stop() {
      stopping.abort();
      await looping;
      await Promise.all([...watched.values()].flatMap(({ looking }) => looking ?? []));
      await Promise.all([...watched.values()].map(({ unsubscribe }) => unsubscribe()));
      watched.clear();
    },
  };
}

function textOf(card: CardContent): string {
  return JSON.stringify(card);
}
