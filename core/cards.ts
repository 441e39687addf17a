import { type ChoiceContext, choicesOf } from './choices.ts';
import type { Action, CardContent, NoticeContent, ResultContent } from './content.ts';
import type { Conversation, LineageRecord, ReadyImage, Turn } from './domain.ts';
import { sayingOf } from './errors.ts';
import { formatCost, sumOf } from './money.ts';
import type { JobProgress } from './ports.ts';
import type { Texts } from './texts/catalogue.ts';
import { isReading } from './turn-changes.ts';
import { canRetry, isEnded, mayStart, openRenders, referenceOf, resultNumbers } from './turns.ts';

/** What only the queue knows about a turn right now. */
export interface TurnProgress {
  /** Jobs that start before this one, from 0. */
  readonly position?: number;
  readonly progress?: JobProgress;
}

interface CardContext extends ChoiceContext {
  readonly now?: TurnProgress;
}

/** The card of a turn: what was understood, where it is, and what can be done about it. */
export function cardOf(document: Conversation, turn: Turn, context: CardContext): CardContent {
  const { texts, now = {} } = context;
  const choices = choicesOf(document, turn, context);
  const failed = document.images.flatMap((image) =>
    image.turnId === turn.id && image.status === 'failed'
      ? [texts.say('card.failed-image', { number: image.number, reason: texts.sayStored(sayingOf(image.reason)) })]
      : [],
  );
  return {
    turnId: turn.id,
    lines: [
      ...readingLines(turn, texts),
      ...numberingLines(document, turn, texts),
      ...failed,
      ...costLines(turn, texts),
      statusLine(document, turn, texts, now),
    ],
    actions: cardActions(turn, texts),
    ...(choices.length === 0 ? {} : { choices }),
    ended: isEnded(turn),
    ...(failed.length === 0 ? {} : { notes: failed }),
  };
}

/** The message that brings a picture. */
export function resultOf(turn: Turn, image: ReadyImage, texts: Texts): ResultContent {
  const { lineage } = image;
  const sources = [...(lineage?.base == null ? [] : [lineage.base]), ...(lineage?.references ?? [])];
  const render = turn.renders.find((each) => each.resultNumber === image.number);
  const seconds = Math.max(
    1,
    Math.round(((render?.endedAt ?? 0) - (render?.startedAt ?? render?.endedAt ?? 0)) / 1000),
  );
  const number = image.number;
  const line =
    sources.length === 0
      ? texts.say('result.line.alone', { number, seconds })
      : texts.say('result.line', { number, seconds, sources: nameAll(sources, ' + ', texts) });
  const text = [line, ...remarksOf(lineage, texts)].join(' · ');
  return {
    turnId: turn.id,
    text,
    image: { number, blob: image.blob, altText: image.altText, fileName: `image-${number}.png` },
    actions: [action(turn, 'retry', texts), action(turn, 'undo', texts), action(turn, 'details', texts)],
  };
}

/** What people should know about how a picture came to be: what it cost, and that it is another engine's. */
export function remarksOf(lineage: LineageRecord | undefined, texts: Texts): readonly string[] {
  if (lineage === undefined) return [];
  const { cost, engine, failedOn = [] } = lineage;
  return [
    ...(cost === undefined ? [] : [texts.say('result.cost', { cost: formatCost(cost, texts.language) })]),
    ...(failedOn.length === 0 ? [] : [texts.say('result.instead', { engine, failed: failedOn.join(', ') })]),
  ];
}

/** A question, an answer, or why there is no picture. */
export function noticeOf(document: Conversation, turn: Turn, texts: Texts): NoticeContent {
  const isQuestion = turn.status === 'asked';
  const choices = document.images.filter((image) => turn.attached.includes(image.number) && image.status === 'ready');
  const bases = choices.map(
    ({ number }): Action => ({
      kind: 'base',
      label: texts.say('button.base', { number }),
      turnId: turn.id,
      argument: String(number),
    }),
  );
  const retry = turn.status === 'failed' && canRetry(turn) ? [action(turn, 'retry', texts)] : [];
  return { turnId: turn.id, text: answerOf(turn, texts), actions: isQuestion ? bases : retry };
}

/** The sentence of a failed, asking or answered turn; empty when there is nothing to say. */
export function answerOf(turn: Turn, texts: Texts): string {
  const saying = turn.error === undefined ? turn.reply : sayingOf(turn.error);
  return saying === undefined ? '' : texts.sayStored(saying, referenceOf(turn.id));
}

function readingLines(turn: Turn, texts: Texts): readonly string[] {
  const reading = turn.interpretation;
  if (!isReading(reading)) return [];
  const references = nameAll(reading.references, ' + ', texts);
  const isAlone = reading.references.length === 0;
  const title =
    reading.mode === 'edit' && reading.base !== null
      ? isAlone
        ? texts.say('card.edit', { base: reading.base })
        : texts.say('card.edit.with', { base: reading.base, references })
      : isAlone
        ? texts.say('card.generate', {})
        : texts.say('card.generate.with', { references });
  return [
    `${title}  ${referenceOf(turn.id)}`,
    texts.say('card.instruction', { instruction: reading.instruction }),
    ...(reading.note === undefined ? [] : [texts.sayStored(reading.note)]),
  ];
}

/** What the pictures that are being made will cost, before they do. */
export function costLines(turn: Turn, texts: Texts): readonly string[] {
  const renders = openRenders(turn);
  const cost = sumOf(renders.flatMap((render) => render.cost ?? []));
  const engines = [...new Set(renders.map(({ engine }) => engine))].join(', ');
  return cost === undefined
    ? []
    : [texts.say('card.cost', { cost: formatCost(cost, texts.language), engine: engines })];
}

/** Which number each picture got, where a person could count otherwise: several, or one that is answered. */
function numberingLines(document: Conversation, turn: Turn, texts: Texts): readonly string[] {
  const images = document.images.filter(({ number }) => turn.attached.includes(number));
  const isAnswered = images.some((image) => image.kind === 'input' && image.origin === 'reply');
  if (images.length < 2 && !isAnswered) return [];
  const names = images.map((image) => {
    const { number } = image;
    if (image.kind === 'result') return texts.say('card.image.result', { number });
    if (image.origin === 'reply') return texts.say('card.image.reply', { number });
    return image.name === undefined
      ? texts.say('image.name', { number })
      : texts.say('card.image.named', { number, name: image.name });
  });
  return [names.join(' · ')];
}

function statusLine(document: Conversation, turn: Turn, texts: Texts, now: TurnProgress): string {
  switch (turn.status) {
    case 'received':
      return mayStart(document, turn) ? texts.say('card.received', {}) : texts.say('card.waiting', {});
    case 'interpreting':
      return texts.say('card.received', {});
    case 'queued':
      return now.position === undefined
        ? texts.say('card.queued.somewhere', {})
        : texts.say('card.queued', { position: now.position + 1 });
    case 'rendering':
      return workingLine(texts, now.progress);
    case 'delivering':
      return texts.say('card.delivering', {});
    case 'cancelled':
      return texts.say('card.cancelled', {});
    case 'asked':
    case 'failed':
      return answerOf(turn, texts);
    case 'done':
      return turn.reply === undefined
        ? texts.say('card.done', { results: nameAll(resultNumbers(turn), ', ', texts) })
        : answerOf(turn, texts);
  }
}

function workingLine(texts: Texts, progress: JobProgress | undefined): string {
  if (progress === undefined) return texts.say('card.starting', {});
  const { step, steps } = progress;
  return texts.say('card.working', { step, steps, percent: Math.round((100 * step) / steps) });
}

/** Until the end: stop it, or correct the reading. Afterwards: once more, or correct the reading. */
function cardActions(turn: Turn, texts: Texts): readonly Action[] {
  const reading = turn.interpretation;
  const corrections: Action[] = [];
  if (isReading(reading)) {
    if (reading.base !== null && reading.references.length === 1) corrections.push(action(turn, 'swap', texts));
    const mode = reading.mode === 'edit' ? 'generate' : 'edit';
    const possible = mode === 'generate' || reading.references.length > 0;
    if (possible)
      corrections.push({ kind: 'mode', label: texts.say(`button.${mode}`, {}), turnId: turn.id, argument: mode });
  }
  if (turn.status === 'delivering') return [];
  return isEnded(turn)
    ? [...(canRetry(turn) ? [action(turn, 'retry', texts)] : []), ...corrections]
    : [action(turn, 'cancel', texts), ...corrections];
}

function action(turn: Turn, kind: 'retry' | 'undo' | 'cancel' | 'swap' | 'details', texts: Texts): Action {
  return { kind, label: texts.say(`button.${kind}`, {}), turnId: turn.id };
}

function nameAll(numbers: readonly number[], between: string, texts: Texts): string {
  return numbers.map((number) => texts.say('image.name', { number })).join(between);
}
