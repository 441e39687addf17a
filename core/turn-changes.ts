import type {
  Conversation,
  Correction,
  DeliveryEntry,
  Interpretation,
  RenderEntry,
  RenderMode,
  Saying,
  Turn,
  WireError,
} from './domain.ts';
import type { EngineRoute, EngineSettings } from './engine-choice.ts';
import { AppError, fromWire } from './errors.ts';
import { deliverJobId, nonceOf, renderJobId, seedOf } from './ids.ts';
import { numbersIn, renameMentions } from './mentions.ts';
import { costOf } from './money.ts';
import { inputsOf } from './prompt.ts';
import { judgeReading, requireAllowed } from './safety/judge-reading.ts';
import { openDeliveries, openRenders } from './turns.ts';
import { wishedSeed } from './wishes.ts';

/** What the reducer must know beside the document. */
export interface ConversationSettings extends EngineSettings {
  /** Unfinished turns that one conversation may have at once. */
  readonly maxOpenTurns: number;
  /** How often a job may be begun before it counts as one that kills its worker. */
  readonly maxRuns: number;
}

export type Reading = Interpretation & { readonly mode: RenderMode };

export function isReading(interpretation: Interpretation | undefined): interpretation is Reading {
  return interpretation?.mode === 'edit' || interpretation?.mode === 'generate';
}

/**
 * Refuse a reading that cannot be rendered.
 * @throws AppError POLICY_REFUSED, NO_IMAGE (an edit without base), UNKNOWN_IMAGE, TOO_MANY_IMAGES, or the reason of a failed
 *   image.
 */
export function checkReading(document: Conversation, reading: Reading, { maxImages: limit }: EngineRoute): void {
  requireAllowed(judgeReading(document, reading));
  const inputs = inputsOf(reading);
  if (reading.mode === 'edit' && reading.base === null) throw new AppError('NO_IMAGE', {});
  for (const number of inputs) {
    const image = document.images.find((each) => each.number === number);
    if (image === undefined) throw new AppError('UNKNOWN_IMAGE', { number, count: document.images.length });
    if (image.status === 'failed') throw fromWire(image.reason);
  }
  if (inputs.length > limit) throw new AppError('TOO_MANY_IMAGES', { limit, count: inputs.length });
}

/**
 * The reading with one tap's change. A change of mode moves the base to or from the references; an image that takes the place
 * of another one is named in its stead.
 */
export function correctReading(
  document: Conversation,
  interpretation: Interpretation,
  correction: Omit<Correction, 'engine'>,
): Reading {
  const corrected = withRoles(document, interpretation, correction);
  const places = placesTaken(interpretation, corrected);
  if (places.size === 0) return corrected;
  const { instruction, description } = corrected;
  return {
    ...corrected,
    instruction: renameMentions(instruction, places),
    description: renameMentions(description, places),
  };
}

/**
 * Which image took the place of which: a new base that of the old one, and the one reference that the instruction does not
 * name that of the one image which it names and nobody uses.
 */
function placesTaken(before: Interpretation, after: Reading): ReadonlyMap<number, number> {
  const has = inputsOf(after);
  const named = numbersIn(after.instruction);
  const places = new Map<number, number>();
  if (before.base !== null && after.base !== null && !has.includes(before.base) && !named.includes(after.base))
    places.set(before.base, after.base);
  const [left, ...alsoLeft] = named.filter((number) => number !== before.base && !has.includes(number));
  const [added, ...alsoAdded] = after.references.filter((number) => !named.includes(number));
  if (left !== undefined && added !== undefined && alsoLeft.length + alsoAdded.length === 0) places.set(left, added);
  return places;
}

function withRoles(
  document: Conversation,
  interpretation: Interpretation,
  correction: Omit<Correction, 'engine'>,
): Reading {
  const before = isReading(interpretation) ? interpretation.mode : 'edit';
  const mode = correction.mode ?? before;
  const swapped = correction.base !== undefined && correction.references === undefined && interpretation.base !== null;
  // A reference chosen as base changes places with it.
  const references =
    correction.references ??
    (swapped
      ? interpretation.references.map((number) =>
          number === correction.base ? (interpretation.base ?? number) : number,
        )
      : interpretation.references);
  const base = correction.base === undefined ? interpretation.base : correction.base;
  const { question: _answered, note: _checked, ...kept } = interpretation;
  if (mode === 'generate') {
    const all = correction.references ?? [...(base === null ? [] : [base]), ...references];
    return { ...kept, mode, base: null, references: unique(all), confidence: 1 };
  }
  const chosen = base ?? references[0] ?? document.current ?? null;
  const description = kept.instruction.toLowerCase().includes(kept.description.toLowerCase()) ? '' : kept.description;
  return {
    ...kept,
    mode,
    base: chosen,
    references: unique(references).filter((each) => each !== chosen),
    description,
    confidence: 1,
  };
}

/** Why and for whom a render was added. */
export type RenderMarks = Pick<RenderEntry, 'eventId' | 'authorId' | 'failedOn'>;

/** Add renders of a reading on an engine: each with the next n and its own seed. */
export function withRenders(turn: Turn, count: number, engine: EngineRoute, marks: RenderMarks = {}): Turn {
  const cost = isReading(turn.interpretation) ? costOf(engine.price, inputsOf(turn.interpretation).length) : undefined;
  const first = turn.renders.length + 1;
  const added = Array.from({ length: count }, (_, index): RenderEntry => {
    const n = first + index;
    return {
      id: renderJobId(turn.id, n),
      n,
      engine: engine.id,
      seed: wishedSeed(turn, n) ?? seedOf(turn.id, n),
      status: 'queued',
      runs: 0,
      ...(cost === undefined ? {} : { cost }),
      ...marks,
    };
  });
  const { error: _cleared, endedAt: _open, reply: _answered, ...rest } = turn;
  return { ...rest, status: 'queued', renders: [...turn.renders, ...added] };
}

export function withDelivery(turn: Turn, kind: DeliveryEntry['kind'], resultNumber?: number): Turn {
  const n = turn.deliveries.length + 1;
  const id = deliverJobId(turn.id, n);
  const delivery: DeliveryEntry = {
    id,
    n,
    kind,
    status: 'pending',
    attempts: 0,
    nonce: nonceOf(id),
    ...(resultNumber === undefined ? {} : { resultNumber }),
  };
  return { ...turn, deliveries: [...turn.deliveries, delivery] };
}

export function withFailure(document: Conversation, turn: Turn, error: WireError, at: number): Turn {
  const failed: Turn = { ...turn, status: 'failed', error, endedAt: at };
  return document.cards ? withDelivery(failed, 'notice') : failed;
}

export function withReply(
  document: Conversation,
  turn: Turn,
  reply: Saying,
  status: 'done' | 'asked',
  at: number,
): Turn {
  const replied: Turn = { ...turn, reply, status, ...(status === 'done' ? { endedAt: at } : {}) };
  return document.cards ? withDelivery(replied, 'notice') : replied;
}

export function withoutOpenRenders(turn: Turn, at: number): Turn {
  const renders = turn.renders.map(
    (render): RenderEntry => (isOpen(render) ? { ...render, status: 'cancelled', endedAt: at } : render),
  );
  return { ...turn, renders };
}

export function replaceRender(turn: Turn, n: number, change: (render: RenderEntry) => RenderEntry): Turn {
  return { ...turn, renders: turn.renders.map((render) => (render.n === n ? change(render) : render)) };
}

export function replaceDelivery(turn: Turn, n: number, change: (delivery: DeliveryEntry) => DeliveryEntry): Turn {
  return { ...turn, deliveries: turn.deliveries.map((delivery) => (delivery.n === n ? change(delivery) : delivery)) };
}

/** Where a turn with renders is now: open renders, then open posts of results, then how its newest render ended. */
export function settle(document: Conversation, turn: Turn, at: number): Turn {
  const open = openRenders(turn);
  if (open.length > 0)
    return { ...turn, status: open.some((render) => render.status === 'rendering') ? 'rendering' : 'queued' };
  if (openDeliveries(turn).some((delivery) => delivery.kind === 'result')) return { ...turn, status: 'delivering' };

  const newest = turn.renders.at(-1);
  const lost = turn.deliveries.findLast(
    (each) => each.resultNumber !== undefined && each.resultNumber === newest?.resultNumber,
  );
  if (newest?.status === 'failed' && newest.error !== undefined) return withFailure(document, turn, newest.error, at);
  // Nothing can be posted where a post was refused: the turn says so without a notice.
  if (lost?.status === 'abandoned' && lost.error !== undefined)
    return { ...turn, status: 'failed', error: lost.error, endedAt: at };
  const made = turn.renders.some((render) => render.status === 'ready');
  return { ...turn, status: made ? 'done' : 'cancelled', endedAt: at };
}

export function isOpen(render: RenderEntry): boolean {
  return render.status === 'queued' || render.status === 'rendering';
}

function unique(numbers: readonly number[]): readonly number[] {
  return [...new Set(numbers)];
}
