import type { Conversation, Turn } from '../../core/domain.ts';
import { AppError, asAppError, policyOf } from '../../core/errors.ts';
import { conversationTopic } from '../../core/events.ts';
import { findTurn, isEnded } from '../../core/turns.ts';
import { createWake } from '../shared/wake.ts';
import type { AcceptedRequest } from './accept-request.ts';
import type { HttpApiDeps } from './deps.ts';

export interface EndedTurn {
  readonly document: Conversation;
  readonly turn: Turn;
}

/** Announcements may get lost. */
const LOOK_EVERY_MS = 3000;

/**
 * Wait until a turn has ended; a store that is away for a while is waited for too.
 * @returns undefined when the signal aborted before.
 * @throws AppError what the store says that waiting cannot mend.
 */
export async function awaitTurn(
  { manager, ephemeral }: Pick<HttpApiDeps, 'manager' | 'ephemeral'>,
  { conversationId, turn: { id } }: AcceptedRequest,
  signal: AbortSignal,
): Promise<EndedTurn | undefined> {
  const wake = createWake(signal);
  const stop = await ephemeral.subscribe(conversationTopic(conversationId), wake.now);
  try {
    while (!signal.aborted) {
      const document = await unlessAway(() => manager.get(conversationId));
      const turn = document === undefined ? undefined : findTurn(document, id);
      if (document !== undefined && turn !== undefined && isEnded(turn)) return { document, turn };
      if (document !== undefined && turn === undefined) throw new AppError('TURN_UNKNOWN', {});
      await wake.wait(LOOK_EVERY_MS);
    }
    return undefined;
  } finally {
    await stop();
  }
}

async function unlessAway<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (policyOf(asAppError(error).code).retry === 'backoff') return undefined;
    throw error;
  }
}
