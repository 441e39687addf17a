import { setTimeout as pause } from 'node:timers/promises';
import { cardOf } from '../../core/cards.ts';
import type { CardContent } from '../../core/content.ts';
import type { Conversation, Turn } from '../../core/domain.ts';
import { asAppError, type ErrorCode } from '../../core/errors.ts';
import { conversationTopic } from '../../core/events.ts';
import type { ConversationId, TurnId } from '../../core/ids.ts';
import type { ChatPlatform, PostAttempt, PostTarget, Stop } from '../../core/ports.ts';
import { isEnded, openDeliveries } from '../../core/turns.ts';
import type { ChatBotDeps } from './chat-bot.ts';
import { readTurnProgress } from './turn-progress.ts';
import { createWake, type Wake } from './wake.ts';

export interface LiveCards {
  /** The platform whose cards are kept, knowing what each of its cards said when it was posted. */
  readonly platform: ChatPlatform;
  /** Keep the cards of a conversation true until nothing in it moves any more. */
  follow(id: ConversationId): void;
  /** After a start: follow every conversation of this platform in which something is unfinished. */
  resume(): Promise<void>;
  readonly stop: Stop;
}

export interface LiveCardsOptions {
  /** Between two edits in one conversation, and between two looks at the queue. Default: 3 s, what platforms bear. */
  readonly everyMs?: number;
}

type LiveCardsDeps = Pick<ChatBotDeps, 'manager' | 'documents' | 'jobs' | 'ephemeral' | 'texts' | 'clock' | 'logger'>;

interface Follower {
  readonly wake: Wake;
  isStale: boolean;
  ended: Promise<void>;
}

const EVERY_MS = 3000;
/** A card whose turn ended longer ago than this says so already. */
const FRESH_MS = 60_000;
const REMEMBERED_CARDS = 2000;
const GONE_CODES: ReadonlySet<ErrorCode> = new Set(['PLATFORM_NOT_FOUND', 'PLATFORM_FORBIDDEN']);
const GONE = 'gone';

/**
 * Shows on the cards where their turns are. Best effort: what a card says is read from the document and the queue each
 * time, only the newest state is ever sent, and a card that somebody deleted is left alone.
 */
export function createLiveCards(
  deps: LiveCardsDeps,
  base: ChatPlatform,
  { everyMs = EVERY_MS }: LiveCardsOptions = {},
): LiveCards {
  const { manager, documents, jobs, ephemeral, texts, clock, logger } = deps;
  const stopping = new AbortController();
  const followers = new Map<ConversationId, Follower>();
  /** What each card says now. */
  const shown = new Map<TurnId, string>();

  function remember(turnId: TurnId, content: string): void {
    shown.delete(turnId);
    shown.set(turnId, content);
    const [oldest] = shown.keys();
    if (shown.size > REMEMBERED_CARDS && oldest !== undefined) shown.delete(oldest);
  }

  function follow(id: ConversationId): void {
    if (stopping.signal.aborted) return;
    const running = followers.get(id);
    if (running !== undefined) {
      rouse(running);
      return;
    }
    const follower: Follower = { wake: createWake(stopping.signal), isStale: true, ended: Promise.resolve() };
    followers.set(id, follower);
    follower.ended = watch(id, follower).catch((error: unknown) => {
      followers.delete(id);
      logger.warn({ event: 'cards', code: asAppError(error).code }, 'the cards of a conversation are not followed');
    });
  }

  async function watch(id: ConversationId, follower: Follower): Promise<void> {
    const stopListening = await ephemeral.subscribe(conversationTopic(id), () => rouse(follower));
    let editedAt = 0;
    try {
      while (!stopping.signal.aborted) {
        follower.isStale = false;
        const document = await manager.get(id);
        for (const turn of document.turns) if (await refresh(document, turn)) editedAt = clock.now();
        if (!document.turns.some(isMoving) && !follower.isStale) break;
        await follower.wake.wait(everyMs);
        const waitMs = editedAt + everyMs - clock.now();
        if (waitMs > 0) await pause(waitMs, undefined, { signal: stopping.signal }).catch(() => undefined);
      }
    } finally {
      followers.delete(id);
      await stopListening();
    }
  }

  /** @returns whether the card was edited, or an edit was tried. */
  async function refresh(document: Conversation, turn: Turn): Promise<boolean> {
    const postedId = turn.deliveries.find(({ kind }) => kind === 'card')?.postedId;
    const isOld = turn.endedAt !== undefined && turn.endedAt < clock.now() - FRESH_MS;
    if (postedId === undefined || isOld || shown.get(turn.id) === GONE) return false;
    const card = cardOf(document, turn, texts, isEnded(turn) ? {} : await readTurnProgress(jobs, turn));
    const content = JSON.stringify(card);
    if (shown.get(turn.id) === content) return false;
    try {
      const target = { conversationId: document.id, place: document.place, replyTo: turn.messageId };
      await base.updateCard(target, postedId, card);
      remember(turn.id, content);
    } catch (error) {
      const { code } = asAppError(error);
      if (GONE_CODES.has(code)) remember(turn.id, GONE);
      logger.debug({ event: 'card-edit', code }, 'a card was not edited');
    }
    return true;
  }

  async function postCard(target: PostTarget, card: CardContent, attempt: PostAttempt): Promise<string> {
    const postedId = await base.postCard(target, card, attempt);
    remember(card.turnId, JSON.stringify(card));
    follow(target.conversationId);
    return postedId;
  }

  return {
    platform: { ...base, postCard },
    follow,
    async resume() {
      for (const id of await documents.listUnfinished()) {
        if ((await documents.get(id))?.platform === base.name) follow(id);
      }
    },
    async stop() {
      stopping.abort();
      await Promise.all([...followers.values()].map(({ ended }) => ended));
    },
  };
}

function rouse(follower: Follower): void {
  follower.isStale = true;
  follower.wake.now();
}

/** Whether the turn's card may have to say something else soon. */
function isMoving(turn: Turn): boolean {
  if (openDeliveries(turn).some(({ kind }) => kind === 'card')) return true;
  return !isEnded(turn) && turn.status !== 'asked';
}
