import type { Conversation, Correction, ImageEntry, ReadyImage, Saying, Turn } from './domain.ts';
import { engineOf, requireEngine, routesOf } from './engine-choice.ts';
import { AppError } from './errors.ts';
import type { Word } from './intent-words.ts';
import {
  type ConversationSettings,
  checkReading,
  correctReading,
  isReading,
  type RenderMarks,
  withoutOpenRenders,
  withRenders,
} from './turn-changes.ts';
import { isEnded, isUnfinished } from './turns.ts';

export interface WordAnswer {
  readonly document: Conversation;
  readonly reply: Saying;
}

/** Who said a word, and when. */
interface SaidWord {
  readonly at: number;
  readonly authorId: string | undefined;
  /** The engine that was named beside the word. */
  readonly engine: string | undefined;
}

/** What `again`, `swap` and `use … as base` are about: the last turn that asked for a picture. */
export function lastRequest(document: Conversation): Turn | undefined {
  return document.turns.findLast((turn) => turn.kind !== 'word' && turn.interpretation?.mode !== 'chat');
}

/**
 * Carry out a word. None of this waits in a queue.
 * @returns undefined when the word has nothing to be about and should be read as a request.
 * @throws AppError UNKNOWN_IMAGE, TOO_MANY_IMAGES
 */
export function answerWord(
  document: Conversation,
  word: Exclude<Word, { kind: 'again' }>,
  settings: ConversationSettings,
  said: SaidWord,
): WordAnswer | undefined {
  switch (word.kind) {
    case 'help':
      return { document, reply: helpOf(settings) };
    case 'details':
      return { document, reply: detailsOf(document.images.findLast((each) => each.kind === 'result')) };
    case 'undo':
      return word.to === undefined ? undoLast(document) : backTo(document, word.to);
    case 'cancel':
      return cancelLast(document, said);
    case 'swap':
      return swap(document, word.images, settings, said);
    case 'base':
      return correctLast(document, { mode: 'edit', base: word.base }, settings, said);
    case 'references':
      return correctLast(document, { references: word.references }, settings, said);
  }
}

/** The parent of a result becomes current: "it" means the parent from now on. The result keeps its number. */
export function undoResult(document: Conversation, number: number): Conversation {
  const image = resultOf(document, number);
  return image?.lineage === undefined ? document : { ...document, current: image.lineage.parent };
}

/**
 * Render a turn's corrected reading in place of what is still being made of it.
 * @throws AppError NOTHING_TO_REPEAT (nothing was read, or only an engine is chosen for what asked for no picture),
 *   ENGINE_UNKNOWN, NO_IMAGE, UNKNOWN_IMAGE, TOO_MANY_IMAGES
 */
export function applyCorrection(
  document: Conversation,
  turn: Turn,
  correction: Correction,
  settings: ConversationSettings,
  { at, ...marks }: { readonly at: number } & Omit<RenderMarks, 'failedOn'>,
): Conversation {
  const { engine: chosen, ...ofReading } = correction;
  requireEngine(chosen, settings);
  const before = turn.interpretation;
  const isOnlyEngine = Object.keys(ofReading).length === 0;
  if (before === undefined || (isOnlyEngine && !isReading(before))) throw new AppError('NOTHING_TO_REPEAT', {});
  const reading = isOnlyEngine && isReading(before) ? before : correctReading(document, before, ofReading);
  const stopped: Turn = {
    ...withoutOpenRenders(turn, at),
    interpretation: reading,
    ...(chosen === undefined ? {} : { engine: chosen }),
  };
  const engine = engineOf(document, stopped, settings);
  checkReading(document, reading, engine);
  return replaceTurn(document, withRenders(stopped, 1, engine, marks));
}

/** A turn that can still be stopped: its picture is not made yet. */
export function isCancellable(turn: Turn): boolean {
  return !isEnded(turn) && turn.status !== 'delivering';
}

export function replaceTurn(document: Conversation, turn: Turn): Conversation {
  return { ...document, turns: document.turns.map((each) => (each.id === turn.id ? turn : each)) };
}

function helpOf(settings: ConversationSettings): Saying {
  const [first, second, ...others] = routesOf(settings).map(({ id }) => id);
  if (first === undefined || second === undefined) return { key: 'reply.help', values: {} };
  return { key: 'reply.help.engines', values: { engines: [first, second, ...others].join(', '), engine: second } };
}

function undoLast(document: Conversation): WordAnswer {
  const image = document.current === null ? undefined : resultOf(document, document.current);
  if (image?.lineage === undefined) return { document, reply: { key: 'reply.nothing-to-undo', values: {} } };
  const { parent } = image.lineage;
  const reply =
    parent === null
      ? { key: 'reply.undone.nothing-before', values: { undone: image.number } }
      : { key: 'reply.undone', values: { number: parent, undone: image.number } };
  return { document: undoResult(document, image.number), reply };
}

function backTo(document: Conversation, number: number): WordAnswer {
  const image = document.images.find((each) => each.number === number);
  if (image?.status !== 'ready') throw new AppError('UNKNOWN_IMAGE', { number, count: document.images.length });
  return { document: { ...document, current: number }, reply: { key: 'reply.back-to', values: { number } } };
}

/** The newest turn of this person that can still be stopped; nobody stops somebody else's by a word. */
function cancelLast(document: Conversation, { at, authorId }: SaidWord): WordAnswer {
  const turn = document.turns.findLast((each) => isCancellable(each) && each.authorId === authorId);
  if (turn === undefined) return { document, reply: { key: 'reply.nothing-to-cancel', values: {} } };
  return { document: cancelTurn(document, turn, at), reply: { key: 'reply.cancelled', values: {} } };
}

export function cancelTurn(document: Conversation, turn: Turn, at: number): Conversation {
  const stopped = withoutOpenRenders(turn, at);
  const made = stopped.renders.some((render) => render.status === 'ready');
  const posting = stopped.deliveries.some(
    (each) => each.kind === 'result' && (each.status === 'pending' || each.status === 'attempting'),
  );
  const status = posting ? 'delivering' : made ? 'done' : 'cancelled';
  return replaceTurn(document, posting ? { ...stopped, status } : { ...stopped, status, endedAt: at });
}

function swap(
  document: Conversation,
  images: readonly [number, number] | undefined,
  settings: ConversationSettings,
  said: SaidWord,
): WordAnswer {
  const nothing: WordAnswer = { document, reply: { key: 'reply.nothing-to-swap', values: {} } };
  const turn = lastRequest(document);
  const reading = turn?.interpretation;
  if (turn === undefined || !isReading(reading) || reading.base === null || reading.references.length === 0)
    return nothing;
  const other = images === undefined ? reading.references[0] : images.find((number) => number !== reading.base);
  const isPair = images === undefined || images.includes(reading.base);
  if (other === undefined || !isPair || !reading.references.includes(other)) return nothing;
  const corrected = correctAsSaid(document, turn, { base: other }, settings, said);
  return { document: corrected, reply: { key: 'reply.swapped', values: { base: other } } };
}

/** The last request with another base or other references. */
function correctLast(
  document: Conversation,
  correction: Correction,
  settings: ConversationSettings,
  said: SaidWord,
): WordAnswer | undefined {
  const turn = lastRequest(document);
  if (turn?.interpretation === undefined || turn.interpretation.mode === 'chat') return undefined;
  const corrected = correctAsSaid(document, turn, correction, settings, said);
  const { base, references = [] } = correction;
  return base == null
    ? { document: corrected, reply: { key: 'reply.references', values: referencesSaid(references) } }
    : { document: corrected, reply: { key: 'reply.base', values: { base } } };
}

function referencesSaid(references: readonly number[]) {
  return { count: references.length, references: references.join(', ') };
}

function correctAsSaid(
  document: Conversation,
  turn: Turn,
  correction: Correction,
  settings: ConversationSettings,
  { at, authorId, engine }: SaidWord,
): Conversation {
  const chosen = engine === undefined ? correction : { ...correction, engine };
  return applyCorrection(document, turn, chosen, settings, { at, ...(authorId === undefined ? {} : { authorId }) });
}

/** How a result came to be, as a sentence. */
export function detailsOf(image: ImageEntry | undefined): Saying {
  const lineage = image?.status === 'ready' ? image.lineage : undefined;
  if (image?.status !== 'ready' || lineage === undefined) return { key: 'reply.no-details', values: {} };
  const { mode, seed, steps, model, instruction, base, references } = lineage;
  const sources = [...(base === null ? [] : [base]), ...references].join(', ');
  return {
    key: 'reply.details',
    values: {
      mode,
      seed,
      steps: steps ?? '–',
      width: image.widthPx,
      height: image.heightPx,
      model,
      sources: sources === '' ? '–' : sources,
      instruction,
    },
  };
}

function resultOf(document: Conversation, number: number): ReadyImage | undefined {
  const image = document.images.find((each) => each.number === number);
  return image?.status === 'ready' ? image : undefined;
}

/** Turns that count against the limit of one conversation. */
export function openTurns(document: Conversation): number {
  return document.turns.filter((turn) => isUnfinished(turn)).length;
}
