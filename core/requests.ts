import type { Conversation, Interpretation, LineageRecord, RenderEntry, Turn } from './domain.ts';
import { engineOf } from './engine-choice.ts';
import { AppError } from './errors.ts';
import type { InterpreterRequest } from './ports.ts';
import { adapterOf, composePrompt, inputsOf, promptReading } from './prompt.ts';
import type { RenderOutcome, RenderRequest } from './render.ts';
import { type ConversationSettings, isReading, type Reading } from './turn-changes.ts';

/** What the interpreter of a turn reads: images that came with later messages do not exist for it yet. */
export function interpreterRequest(
  document: Conversation,
  turn: Turn,
  settings: ConversationSettings,
): InterpreterRequest {
  const index = document.turns.findIndex((each) => each.id === turn.id);
  const later = new Set(document.turns.slice(index + 1).map((each) => each.id));
  const repeated = document.turns.find((each) => each.id === turn.repeats);
  const { text, requestText = text, attached, chosenMode } = repeated ?? turn;
  const previous = lastReading(document.turns.slice(0, index));
  return {
    text: requestText,
    ...(chosenMode === undefined ? {} : { chosenMode }),
    images: document.images.filter((image) => !later.has(image.turnId)),
    attached,
    ...(turn.authorId === undefined ? {} : { own: picturesOf(document, turn.authorId) }),
    current: document.current,
    ...(previous === undefined ? {} : { previous }),
    maxImages: engineOf(document, turn, settings).maxImages,
  };
}

/**
 * The render's work order.
 * @throws AppError IMAGE_GONE when an input is no longer in the document as a usable image.
 */
export function renderRequest(document: Conversation, turn: Turn, render: RenderEntry): RenderRequest {
  const reading = turn.interpretation;
  if (!isReading(reading)) throw new AppError('BUG', {}, { details: { expected: 'a reading' } });
  const person = render.authorId ?? turn.authorId;
  const inputs = inputsOf(reading).map((number) => {
    const image = document.images.find((each) => each.number === number);
    if (image?.status !== 'ready') throw new AppError('IMAGE_GONE', { number });
    return { number, blob: image.blob };
  });
  return {
    renderId: render.id,
    conversationId: document.id,
    turnId: turn.id,
    engine: render.engine,
    mode: reading.mode,
    prompt: composePrompt(reading, reading.mode),
    reading: promptReading(reading),
    adapter: adapterOf(reading, reading.mode),
    inputs,
    seed: render.seed,
    ...(reading.aspect === undefined ? {} : { aspect: reading.aspect }),
    ...(render.cost === undefined ? {} : { cost: render.cost }),
    place: document.place === '' ? document.platform : `${document.platform}:${document.place}`,
    ...(person === undefined ? {} : { person: `${document.platform}:${person}` }),
  };
}

/** How a result came to be. An edit's parent is its base, a generation's what was current before it. */
export function lineageOf(
  document: Conversation,
  reading: Reading,
  render: RenderEntry,
  outcome: Extract<RenderOutcome, { kind: 'ready' }>,
): LineageRecord {
  const { mode, base, references, instruction, description } = reading;
  return {
    renderId: render.id,
    parent: mode === 'edit' ? base : document.current,
    mode,
    base,
    references,
    instruction,
    description,
    prompt: composePrompt(reading, mode),
    adapter: adapterOf(reading, mode),
    seed: render.seed,
    ...(outcome.steps === undefined ? {} : { steps: outcome.steps }),
    model: outcome.model,
    engine: render.engine,
    ...(render.cost === undefined ? {} : { cost: render.cost }),
    ...(render.failedOn === undefined ? {} : { failedOn: render.failedOn }),
    timingsMs: outcome.timingsMs,
    warnings: outcome.warnings,
  };
}

function lastReading(turns: readonly Turn[]): Interpretation | undefined {
  return turns.findLast((turn) => isReading(turn.interpretation))?.interpretation;
}

function picturesOf({ turns, images }: Conversation, authorId: string): readonly number[] {
  const theirs = new Set(turns.filter((turn) => turn.authorId === authorId).map(({ id }) => id));
  return images.flatMap(({ kind, turnId, number }) => (kind === 'input' && theirs.has(turnId) ? [number] : []));
}
