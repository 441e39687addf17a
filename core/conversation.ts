import { applyCorrection, cancelTurn, isCancellable, replaceTurn, undoResult } from './conversation-words.ts';
import type {
  Conversation,
  Correction,
  InboundMessage,
  Interpretation,
  RenderEntry,
  Turn,
  WireError,
} from './domain.ts';
import { engineOf, nextEngine } from './engine-choice.ts';
import { AppError, fromWire, isAppError, policyOf, toWire } from './errors.ts';
import type { TurnId } from './ids.ts';
import { nextNumber } from './numbering.ts';
import { inputsOf } from './prompt.ts';
import { receive } from './receive.ts';
import type { RenderOutcome } from './render.ts';
import { interpreterRequest, lineageOf } from './requests.ts';
import { judgeReading } from './safety/judge-reading.ts';
import type { PolicyVerdict } from './safety/policy-verdict.ts';
import { judgeText } from './safety/text-policy.ts';
import {
  type ConversationSettings,
  checkReading,
  isOpen,
  isReading,
  replaceDelivery,
  replaceRender,
  settle,
  withDelivery,
  withFailure,
  withRenders,
  withReply,
} from './turn-changes.ts';
import { findTurn, mayStart, resultNumbers } from './turns.ts';
import { withWishes } from './wishes.ts';

interface OfTurn {
  readonly turnId: TurnId;
  readonly at: number;
}

/** The button, or menu, by which something was asked for. */
export interface Pressed {
  /** The platform's id of the press: the same press delivered twice does one thing. */
  readonly eventId?: string;
  /** Who pressed; whose budget is used. Absent: the turn's author. */
  readonly authorId?: string;
}

/** Everything that can happen to a conversation. */
export type TurnEvent =
  | (OfTurn & { readonly kind: 'message-received'; readonly message: InboundMessage })
  | (OfTurn & { readonly kind: 'interpret-started' })
  | (OfTurn & { readonly kind: 'interpreted'; readonly interpretation: Interpretation })
  | (OfTurn & { readonly kind: 'interpret-failed'; readonly error: WireError })
  | (OfTurn & { readonly kind: 'render-started'; readonly n: number })
  | (OfTurn & { readonly kind: 'render-ended'; readonly n: number; readonly outcome: RenderOutcome })
  | (OfTurn & { readonly kind: 'cancelled' })
  | (OfTurn & Pressed & { readonly kind: 'retried' })
  | (OfTurn & Pressed & { readonly kind: 'corrected'; readonly correction: Correction })
  | (OfTurn & { readonly kind: 'undone' })
  | (OfTurn & { readonly kind: 'delivery-attempted'; readonly n: number })
  | (OfTurn & { readonly kind: 'delivery-handle-kept'; readonly n: number; readonly handle: string })
  | (OfTurn & { readonly kind: 'delivery-posted'; readonly n: number; readonly postedId: string })
  | (OfTurn & { readonly kind: 'delivery-abandoned'; readonly n: number; readonly error?: WireError });

/**
 * What a document becomes by an event. Pure: ids and time come with the event. An event that repeats what the document
 * says already, or comes too late (a result after Cancel), returns the very same document.
 * @throws AppError when a person's message or button cannot be accepted; nothing changes then.
 */
export function reduce(document: Conversation, event: TurnEvent, settings: ConversationSettings): Conversation {
  const next = step(document, event, settings);
  return next === document ? document : startAgain(next, event.at, settings);
}

function step(document: Conversation, event: TurnEvent, settings: ConversationSettings): Conversation {
  if (event.kind === 'message-received') return receive(document, event.turnId, event.message, event.at, settings);
  const turn = findTurn(document, event.turnId);
  if (turn === undefined) throw new AppError('TURN_UNKNOWN', {});
  switch (event.kind) {
    case 'interpret-started':
      return startInterpretation(document, turn, event.at, settings);
    case 'interpreted':
      return interpreted(document, turn, event.interpretation, event.at, settings);
    case 'interpret-failed':
      return isInterpreting(turn)
        ? replaceTurn(document, withFailure(document, turn, event.error, event.at))
        : document;
    case 'render-started':
      return startRender(document, turn, event.n, event.at, settings);
    case 'render-ended':
      return endRender(document, turn, event.n, event.outcome, event.at, settings);
    case 'cancelled':
      return isCancellable(turn) ? cancelTurn(document, turn, event.at) : document;
    case 'retried':
      return retry(document, turn, event, settings);
    case 'corrected':
      if (hasEvent(turn, event.eventId)) return document;
      return applyCorrection(document, turn, event.correction, settings, { at: event.at, ...marksOf(event) });
    case 'undone':
      return undoTurn(document, turn);
    case 'delivery-attempted':
    case 'delivery-handle-kept':
    case 'delivery-posted':
    case 'delivery-abandoned':
      return deliver(document, turn, event);
  }
}

/** Start an `again` whose time has come: with the reading of the turn it repeats, or by reading that turn's text anew. */
function startAgain(document: Conversation, at: number, settings: ConversationSettings): Conversation {
  const turn = document.turns.find((each) => each.status === 'received' && each.kind === 'again');
  if (turn === undefined || !mayStart(document, turn)) return document;
  const index = document.turns.indexOf(turn);
  const repeated = document.turns
    .slice(0, index)
    .findLast((each) => each.id === turn.repeats || each.repeats === turn.repeats);
  const reading = repeated?.interpretation;
  const started = isReading(reading)
    ? withRenders({ ...turn, interpretation: reading }, 1, engineOf(document, turn, settings))
    : { ...turn, status: 'interpreting' as const };
  return startAgain(replaceTurn(document, started), at, settings);
}

function isInterpreting(turn: Turn): boolean {
  return turn.status === 'received' || turn.status === 'interpreting';
}

function startInterpretation(
  document: Conversation,
  turn: Turn,
  at: number,
  settings: ConversationSettings,
): Conversation {
  const isWaiting = turn.status === 'received' && !mayStart(document, turn);
  if (!isInterpreting(turn) || isWaiting) return document;
  const interpretRuns = turn.interpretRuns + 1;
  if (interpretRuns > settings.maxRuns) return replaceTurn(document, withFailure(document, turn, workerDied(), at));
  // Before any model sees it.
  const refusal = refusalOf(judgeText(interpreterRequest(document, turn, settings).text));
  if (refusal !== undefined) return replaceTurn(document, withFailure(document, turn, refusal, at));
  return replaceTurn(document, { ...turn, status: 'interpreting', interpretRuns });
}

function refusalOf(policy: PolicyVerdict): WireError | undefined {
  if (policy.verdict === 'ok') return undefined;
  return toWire(new AppError('POLICY_REFUSED', { category: policy.category }));
}

function interpreted(
  document: Conversation,
  turn: Turn,
  understood: Interpretation,
  at: number,
  settings: ConversationSettings,
): Conversation {
  if (!isInterpreting(turn)) return document;
  const interpretation = withWishes(turn, understood);
  // What is refused is not kept: nothing can be made of it later, by a button or by "again".
  const refusal = refusalOf(judgeReading(document, interpretation));
  if (refusal !== undefined) return replaceTurn(document, withFailure(document, turn, refusal, at));
  const read: Turn = { ...turn, interpretation };
  if (!isReading(interpretation)) {
    const reply = { key: 'reply.text', values: { text: interpretation.question ?? '' } };
    return replaceTurn(
      document,
      withReply(document, read, reply, interpretation.mode === 'clarify' ? 'asked' : 'done', at),
    );
  }
  const engine = engineOf(document, turn, settings);
  try {
    checkReading(document, interpretation, engine);
  } catch (error) {
    if (!isAppError(error)) throw error;
    return replaceTurn(document, withFailure(document, read, toWire(error), at));
  }
  return replaceTurn(document, withRenders(read, interpretation.count, engine));
}

function startRender(
  document: Conversation,
  turn: Turn,
  n: number,
  at: number,
  settings: ConversationSettings,
): Conversation {
  const render = turn.renders.find((each) => each.n === n);
  if (render === undefined || !isOpen(render)) return document;
  if (render.runs >= settings.maxRuns)
    return endRender(document, turn, n, { kind: 'failed', error: workerDied() }, at, settings);
  const started = replaceRender(turn, n, (each) => ({
    ...each,
    status: 'rendering',
    runs: each.runs + 1,
    startedAt: each.startedAt ?? at,
  }));
  return replaceTurn(document, settle(document, started, at));
}

/** The one place where a result gets its number: once per render, because only an open render can end. */
function endRender(
  document: Conversation,
  turn: Turn,
  n: number,
  outcome: RenderOutcome,
  at: number,
  settings: ConversationSettings,
): Conversation {
  const render = turn.renders.find((each) => each.n === n);
  if (render === undefined || !isOpen(render) || !isReading(turn.interpretation)) return document;
  if (outcome.kind === 'failed') {
    const failed = replaceRender(turn, n, (each) => ({ ...each, status: 'failed', error: outcome.error, endedAt: at }));
    return replaceTurn(document, settle(document, onAnotherEngine(failed, render, outcome.error, settings), at));
  }
  const number = nextNumber(document.images);
  const made = (each: RenderEntry): RenderEntry => ({ ...each, status: 'ready', resultNumber: number, endedAt: at });
  const { blob, widthPx, heightPx } = outcome;
  const image = {
    number,
    turnId: turn.id,
    kind: 'result' as const,
    status: 'ready' as const,
    altText: turn.interpretation.altText,
    blob,
    widthPx,
    heightPx,
    lineage: lineageOf(document, turn.interpretation, render, outcome),
  };
  const grown: Conversation = { ...document, images: [...document.images, image], current: number };
  return replaceTurn(grown, settle(grown, withDelivery(replaceRender(turn, n, made), 'result', number), at));
}

/** The same picture on the next engine in order, where the failure was the engine's and another one takes these images. */
function onAnotherEngine(turn: Turn, failed: RenderEntry, error: WireError, settings: ConversationSettings): Turn {
  const reading = turn.interpretation;
  if (!isReading(reading) || policyOf(fromWire(error).code).anotherEngine !== true) return turn;
  const failedOn = [...(failed.failedOn ?? []), failed.engine];
  const next = nextEngine(failedOn, inputsOf(reading).length, settings);
  return next === undefined ? turn : withRenders(turn, 1, next, { failedOn, ...marksOf(failed) });
}

function retry(document: Conversation, turn: Turn, pressed: Pressed, settings: ConversationSettings): Conversation {
  if (hasEvent(turn, pressed.eventId) || isInterpreting(turn)) return document;
  if (turn.kind === 'word') throw new AppError('NOTHING_TO_REPEAT', {});
  if (isReading(turn.interpretation)) {
    const engine = engineOf(document, turn, settings);
    checkReading(document, turn.interpretation, engine);
    return replaceTurn(document, withRenders(turn, 1, engine, marksOf(pressed)));
  }
  const { error: _cleared, endedAt: _open, reply: _answered, interpretation: _unread, ...rest } = turn;
  return replaceTurn(document, { ...rest, status: 'received', interpretRuns: 0 });
}

function marksOf({ eventId, authorId }: Pressed | RenderEntry): Pressed {
  return { ...(eventId === undefined ? {} : { eventId }), ...(authorId === undefined ? {} : { authorId }) };
}

function hasEvent(turn: Turn, eventId: string | undefined): boolean {
  return eventId !== undefined && turn.renders.some((render) => render.eventId === eventId);
}

function undoTurn(document: Conversation, turn: Turn): Conversation {
  const number = resultNumbers(turn).at(-1);
  if (number === undefined) throw new AppError('NOTHING_TO_REPEAT', {});
  return undoResult(document, number);
}

function deliver(
  document: Conversation,
  turn: Turn,
  event: Extract<TurnEvent, { kind: `delivery-${string}` }>,
): Conversation {
  const delivery = turn.deliveries.find((each) => each.n === event.n);
  if (delivery === undefined || delivery.status === 'posted' || delivery.status === 'abandoned') return document;
  switch (event.kind) {
    case 'delivery-attempted':
      return replaceTurn(
        document,
        replaceDelivery(turn, event.n, (each) => ({ ...each, status: 'attempting', attempts: each.attempts + 1 })),
      );
    case 'delivery-handle-kept':
      return replaceTurn(
        document,
        replaceDelivery(turn, event.n, (each) => ({ ...each, handle: event.handle })),
      );
    case 'delivery-posted':
      return afterDelivery(
        document,
        replaceDelivery(turn, event.n, (each) => ({ ...each, status: 'posted', postedId: event.postedId })),
        event.at,
      );
    case 'delivery-abandoned': {
      const error = event.error === undefined ? {} : { error: event.error };
      return afterDelivery(
        document,
        replaceDelivery(turn, event.n, (each) => ({ ...each, status: 'abandoned', ...error })),
        event.at,
      );
    }
  }
}

function afterDelivery(document: Conversation, turn: Turn, at: number): Conversation {
  return replaceTurn(document, turn.status === 'delivering' ? settle(document, turn, at) : turn);
}

/** A job that was begun too often without an end kills its worker each time. */
function workerDied(): WireError {
  return toWire(new AppError('INFERENCE_CHILD_DIED', {}));
}
