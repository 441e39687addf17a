import type { TurnProgress } from '../../../core/cards.ts';
import type { Conversation, Turn } from '../../../core/domain.ts';
import { asAppError } from '../../../core/errors.ts';
import { conversationEventSchema, conversationTopic } from '../../../core/events.ts';
import type { ConversationId } from '../../../core/ids.ts';
import { isEnded } from '../../../core/turns.ts';
import { readTurnProgress } from '../../shared/turn-progress.ts';
import { createWake } from '../../shared/wake.ts';
import type { WebDeps } from './deps.ts';
import { viewImage, viewProgress, viewTurn } from './views.ts';

export interface StreamTimes {
  /** How often the queue is asked while something waits in it: positions change without anybody saying so. */
  readonly pollMs: number;
  /** Longest silence. The document is read again then, because announcements may get lost. */
  readonly heartbeatMs: number;
}

export interface EventSink {
  send(event: { readonly event: string; readonly data: string; readonly id?: string }): Promise<void>;
  beat(): Promise<void>;
}

export interface StreamOptions {
  readonly conversationId: ConversationId;
  /** Revision that the reader has already; it is then spared what it knows. */
  readonly after: number | undefined;
  readonly signal: AbortSignal;
  readonly times: StreamTimes;
}

type StreamDeps = Pick<WebDeps, 'manager' | 'jobs' | 'ephemeral' | 'clock' | 'texts' | 'logger'>;

/**
 * Tell a reader everything that changes in a conversation until it goes away: `image` and `turn` with the object as it is
 * now, `progress` and `preview` with theirs. Announcements only say when to look; what is sent is the difference between
 * the document and what this reader was sent, so a lost announcement loses nothing. An event with an id completes a revision.
 * @throws AppError CONVERSATION_UNKNOWN, STORE_UNAVAILABLE
 */
export async function streamConversation(deps: StreamDeps, sink: EventSink, options: StreamOptions): Promise<void> {
  const { manager, jobs, ephemeral, clock, texts, logger } = deps;
  const { conversationId, signal, times } = options;
  const wake = createWake(signal);
  const sent = new Map<string, string>();
  const progress = new Map<string, TurnProgress>();
  const moved = new Set<string>();
  const previews = new Map<string, string>();
  let isStale = true;
  let readAt = 0;
  let polledAt = 0;
  let spokeAt = clock.now();

  const stop = await ephemeral.subscribe(conversationTopic(conversationId), (message) => {
    const event = conversationEventSchema.parse(JSON.parse(message));
    if (event.kind === 'progress') move(event.turnId, { progress: { step: event.step, steps: event.steps } });
    else if (event.kind === 'preview') previews.set(event.turnId, event.dataUrl);
    else isStale = true;
    wake.now();
  });

  function move(turnId: string, now: TurnProgress): void {
    if (JSON.stringify(progress.get(turnId) ?? {}) === JSON.stringify(now)) return;
    progress.set(turnId, now);
    moved.add(turnId);
  }

  async function send(event: string, data: unknown, id?: string): Promise<void> {
    spokeAt = clock.now();
    await sink.send({ event, data: JSON.stringify(data), ...(id === undefined ? {} : { id }) });
  }

  async function sendDocument(document: Conversation, isKnown: boolean): Promise<void> {
    const objects = [
      ...document.images.map((image) => ({
        event: 'image',
        key: `i${image.number}`,
        view: viewImage(document, image, texts),
        live: {},
      })),
      ...document.turns.map((turn) => ({
        event: 'turn',
        key: turn.id,
        view: viewTurn(turn, {}, texts),
        live: isEnded(turn) ? {} : viewProgress(turn.id, progress.get(turn.id) ?? {}),
      })),
    ];
    const changed = objects.filter(({ key, view }) => sent.get(key) !== JSON.stringify(view));
    for (const { key, view } of changed) sent.set(key, JSON.stringify(view));
    if (isKnown) return;
    for (const [index, { event, view, live }] of changed.entries()) {
      const isLast = index === changed.length - 1;
      const { turnId: _sameAsId, ...progressFields } = { turnId: '', ...live };
      await send(event, { ...view, ...progressFields }, isLast ? String(document.revision) : undefined);
    }
  }

  async function poll(turns: readonly Turn[]): Promise<void> {
    for (const turn of turns) {
      const now = await readTurnProgress(jobs, turn);
      const known = progress.get(turn.id)?.progress;
      // An answer of the queue may be older than a step that was announced meanwhile.
      const isOlder = known !== undefined && turn.status === 'rendering' && (now.progress?.step ?? 0) < known.step;
      if (!isOlder) move(turn.id, now);
    }
  }

  async function sendLive(): Promise<void> {
    for (const turnId of moved) await send('progress', viewProgress(turnId, progress.get(turnId) ?? {}));
    for (const [turnId, dataUrl] of previews) await send('preview', { turnId, dataUrl });
    moved.clear();
    previews.clear();
  }

  try {
    let document = await manager.get(conversationId);
    await sendDocument(document, document.revision === options.after);
    // The reader is connected even where there is nothing to say yet.
    await sink.beat();
    readAt = clock.now();
    isStale = false;
    while (!signal.aborted) {
      const now = clock.now();
      if (isStale || now - readAt >= times.heartbeatMs) {
        isStale = false;
        document = await manager.get(conversationId);
        readAt = now;
        forgetEnded(document, progress);
        await sendDocument(document, false);
      }
      const open = document.turns.filter((turn) => !isEnded(turn) && turn.status !== 'asked');
      if (open.length > 0 && now - polledAt >= times.pollMs) {
        polledAt = now;
        await poll(open);
      }
      await sendLive();
      if (clock.now() - spokeAt >= times.heartbeatMs) {
        spokeAt = clock.now();
        await sink.beat();
      }
      if (!isStale) await wake.wait(open.length > 0 ? times.pollMs : times.heartbeatMs);
    }
  } catch (thrown) {
    // The reader reconnects and says what it has.
    const error = asAppError(thrown);
    logger.warn({ event: 'stream-ended', code: error.code }, 'an event stream ended early');
    throw error;
  } finally {
    await stop();
  }
}

/** A turn that is made again later starts without the steps of the time before. */
function forgetEnded(document: Conversation, progress: Map<string, TurnProgress>): void {
  for (const turn of document.turns) if (isEnded(turn)) progress.delete(turn.id);
}
