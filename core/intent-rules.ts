import type { Interpretation, RenderMode } from './domain.ts';
import { AppError, fromWire } from './errors.ts';
import { correctReading, splitCorrection } from './intent-corrections.ts';
import { ENGLISH } from './intent-english.ts';
import { asksForReference, baseMention, meantMentions } from './intent-roles.ts';
import { correctSpelling } from './intent-spelling.ts';
import { findMentions, type Mention, type MentionContext, resolveMentions } from './mentions.ts';
import type { Interpreter, InterpreterRequest } from './ports.ts';
import type { Texts } from './texts/catalogue.ts';

/** How sure the rules are, by how the base was found. */
const CONFIDENCE = { named: 0.9, implied: 0.75, guessed: 0.5, unclear: 0.3 } as const;

/** The interpretation by rules: what works without a VLM, and what is left when a VLM fails. English only. */
export function createRuleInterpreter({ texts }: { readonly texts: Texts }): Interpreter {
  return {
    interpret(request, { signal }) {
      if (signal.aborted) return Promise.reject(new AppError('CANCELLED', {}));
      try {
        return Promise.resolve(interpretByRules(request, texts));
      } catch (error) {
        return Promise.reject(error);
      }
    },
  };
}

/** @throws AppError NO_IMAGE, UNKNOWN_IMAGE, TOO_MANY_IMAGES, or the reason why a mentioned image could not be opened. */
export function interpretByRules(asked: InterpreterRequest, texts: Texts): Interpretation {
  const request = { ...asked, text: correctSpelling(asked.text) };
  const corrected = splitCorrection(request.text);
  return corrected === undefined
    ? interpretPlain(request, texts)
    : correctReading(interpretPlain({ ...request, text: corrected.text }, texts), corrected.kind, request);
}

function interpretPlain(request: InterpreterRequest, texts: Texts): Interpretation {
  const mentions = checkRequest(request);
  const mode = request.chosenMode ?? modeOf(request, mentions);
  if (mode === 'chat') return unrendered(request, 'chat', texts.say('reply.chat', {}), 0.8);

  const reading = mode === 'edit' ? readEdit(request, mentions) : readGeneration(request, mentions);
  if (reading === 'unclear') return unrendered(request, 'clarify', texts.say('ask.base', {}), CONFIDENCE.unclear);

  const used = [...(reading.base === null ? [] : [reading.base]), ...reading.references];
  if (used.length > request.maxImages)
    throw new AppError('TOO_MANY_IMAGES', { limit: request.maxImages, count: used.length });
  const instruction = resolveMentions(request.text.trim(), mentionContext(request));
  const aspect = aspectOf(request.text);
  return {
    mode,
    base: reading.base,
    references: reading.references,
    instruction,
    description: mode === 'generate' ? describe(instruction) : '',
    keep: keepOf(request.text),
    ...(aspect === undefined ? {} : { aspect }),
    count: countOf(request.text),
    altText: texts.say('alt.result', { text: shorten(instruction) }),
    language: ENGLISH.language,
    confidence: reading.confidence,
  };
}

/**
 * Refuse what no interpreter could understand: an image that is not there. `pending` results may still be made by earlier turns.
 * @returns the mentions, all of them of images that can be used (or are pending).
 * @throws AppError NO_IMAGE, UNKNOWN_IMAGE, or the reason of a failed image.
 */
export function checkRequest(request: InterpreterRequest, pending = 0): readonly Mention[] {
  const context = mentionContext(request);
  const mentions = meantMentions(request.text, findMentions(request.text, context));
  if (context.numbers.length === 0 && pending === 0 && needsImage(request)) throw new AppError('NO_IMAGE', {});
  const count = context.numbers.at(-1) ?? 0;
  for (const number of mentions.flatMap((mention) => mention.numbers)) {
    const image = request.images.find((each) => each.number === number);
    const isExpected = number > count && number <= count + pending;
    if (image === undefined && count === 0 && pending === 0) throw new AppError('NO_IMAGE', {});
    if (image === undefined && !isExpected) throw new AppError('UNKNOWN_IMAGE', { number, count });
    if (image?.status === 'failed') throw fromWire(image.reason);
  }
  return mentions;
}

export function mentionContext(request: InterpreterRequest): MentionContext {
  const current = request.images.find((image) => image.number === request.current);
  const lineage = current?.status === 'ready' ? current.lineage : undefined;
  return {
    numbers: request.images.map((image) => image.number),
    attached: request.attached.filter((number) => isReady(request, number)),
    brought: request.attached,
    current: request.current,
    parent: lineage?.parent ?? null,
  };
}

function needsImage(request: InterpreterRequest): boolean {
  if (request.chosenMode !== undefined) return request.chosenMode === 'edit';
  const text = normalise(request.text);
  if (matches(ENGLISH.generate, text)) return false;
  return new RegExp(`${ENGLISH.editVerb}|\\b${ENGLISH.noun}\\s*\\d`, 'i').test(text);
}

function modeOf(request: InterpreterRequest, mentions: readonly Mention[]): RenderMode | 'chat' {
  const text = normalise(request.text);
  if (isRemark(text, mentions)) return 'chat';
  if (
    mentions.length === 0 &&
    request.attached.length === 0 &&
    new RegExp(ENGLISH.greeting, 'i').test(text.replace(/[\s.!?,]+$/, ''))
  )
    return 'chat';
  if (matches(ENGLISH.edit, markMentions(request.text, mentions)) && request.images.length > 0) return 'edit';
  if (matches(ENGLISH.generate, text)) return 'generate';
  return request.images.length > 0 ? 'edit' : 'generate';
}

/** A question about something or a word of thanks, where nothing is asked for. */
function isRemark(text: string, mentions: readonly Mention[]): boolean {
  if (mentions.some(({ kind }) => kind !== 'it' && kind !== 'this')) return false;
  if (new RegExp(`${ENGLISH.editVerb}|\\b${ENGLISH.attribute}\\b`, 'i').test(text)) return false;
  const isShort = text.split(/\s+/).length <= 9;
  return (
    matches([ENGLISH.question], text) || (isShort && !matches([ENGLISH.wish], text) && matches([ENGLISH.praise], text))
  );
}

interface Reading {
  readonly base: number | null;
  readonly references: readonly number[];
  readonly confidence: number;
}

function readEdit(request: InterpreterRequest, mentions: readonly Mention[]): Reading | 'unclear' {
  const context = mentionContext(request);
  const mentioned = unique(mentions.flatMap((mention) => mention.numbers));
  const ready = request.images.filter((image) => image.status === 'ready').map((image) => image.number);
  if (ready.length === 0) throw new AppError('NO_IMAGE', {});
  // A request about nothing new goes on from the current image, or from everything sent so far.
  const fresh = context.attached.length > 0 ? context.attached : context.current === null ? ready : [];

  const lent = lentBefore(request, mentioned);
  if (lent !== undefined) return lent;
  const onlyIt = mentions.every(({ kind }) => kind === 'it');
  const named = baseMention(request.text, mentions);
  const base = named ?? impliedBase(context, fresh, mentioned);
  if (onlyIt && fresh.length > 2 && !asksForReference(request.text)) return 'unclear';
  const usesRest =
    mentioned.length === 0 || (mentioned.length === 1 && asksForReference(request.text) && base === mentioned[0]);
  const references = unique([...mentioned, ...(usesRest ? fresh : [])]).filter((number) => number !== base);
  const isNamed = named !== undefined && mentions.some(({ kind }) => kind !== 'it');
  const isImplied = fresh.length <= 1;
  return {
    base,
    references,
    confidence: isNamed ? CONFIDENCE.named : isImplied ? CONFIDENCE.implied : CONFIDENCE.guessed,
  };
}

/** "and the color too": what lent something to the current image lends more. */
function lentBefore(
  { text, current, attached, previous }: InterpreterRequest,
  mentioned: readonly number[],
): Reading | undefined {
  const goesOn = current !== null && attached.length === 0 && mentioned.length === 0;
  if (!goesOn || previous === undefined || previous.references.length === 0) return undefined;
  const asksForMore =
    new RegExp(`\\b${ENGLISH.attribute}\\b`, 'i').test(text) && new RegExp(`\\b${ENGLISH.also}\\b`, 'i').test(text);
  if (!asksForMore) return undefined;
  return {
    base: current,
    references: previous.references.filter((number) => number !== current),
    confidence: CONFIDENCE.implied,
  };
}

/** Every mentioned image only lends: the base is the current image, or one of the message's that is not mentioned. */
function impliedBase(context: MentionContext, fresh: readonly number[], mentioned: readonly number[]): number {
  const free = fresh.find((number) => !mentioned.includes(number));
  const goesOn =
    context.current !== null &&
    !mentioned.includes(context.current) &&
    (context.attached.length === 0 || mentioned.length > 0);
  if (goesOn && context.current !== null) return context.current;
  return free ?? mentioned[0] ?? context.current ?? 1;
}

function readGeneration(request: InterpreterRequest, mentions: readonly Mention[]): Reading {
  const mentioned = unique(mentions.flatMap((mention) => mention.numbers));
  const { attached } = mentionContext(request);
  const references = mentioned.length > 0 ? mentioned : attached;
  return { base: null, references, confidence: mentioned.length > 0 ? CONFIDENCE.named : CONFIDENCE.implied };
}

function unrendered(
  request: InterpreterRequest,
  mode: 'chat' | 'clarify',
  question: string,
  confidence: number,
): Interpretation {
  const instruction = resolveMentions(request.text.trim(), mentionContext(request));
  return {
    mode,
    base: null,
    references: [],
    instruction,
    description: '',
    keep: [],
    count: 1,
    altText: '',
    language: ENGLISH.language,
    confidence,
    question,
  };
}

/** What the picture shows, without the order to make it: "Draw a cat" -> "a cat". */
function describe(instruction: string): string {
  const shown = normalise(instruction)
    .replace(new RegExp(ENGLISH.generateLead, 'i'), '')
    .replace(new RegExp(ENGLISH.generateFrame, 'i'), '');
  return shown.charAt(0).toUpperCase() + shown.slice(1);
}

function keepOf(text: string): readonly string[] {
  return [...text.matchAll(new RegExp(ENGLISH.keep, 'gi'))].flatMap((match) =>
    (match[1] ?? '')
      .split(/\s+and\s+/i)
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  );
}

function aspectOf(text: string): string | undefined {
  const ratio = /(?<![\d:.])([1-9]\d?):([1-9]\d?)(?![\d:])/.exec(text);
  if (ratio !== null) return `${ratio[1]}:${ratio[2]}`;
  const shapes = Object.entries(ENGLISH.shapes);
  return shapes.find(([name]) =>
    new RegExp(`\\b${name}\\s+${ENGLISH.shapeNoun}\\b|\\bin\\s+${name}$`, 'i').test(text.trim()),
  )?.[1];
}

function countOf(text: string): number {
  const words = Object.keys(ENGLISH.numberWords).join('|');
  const asked = new RegExp(
    `\\b(\\d|${words})\\s+(?:different\\s+)?(?:variations|versions|variants|alternatives|options|takes)\\b`,
    'i',
  ).exec(text)?.[1];
  if (asked === undefined) return 1;
  const number = new Map<string, number>(Object.entries(ENGLISH.numberWords)).get(asked.toLowerCase()) ?? Number(asked);
  return Math.min(Math.max(number, 1), 4);
}

/** The text with each mention as one sign, so that a pattern can say "right before a mention". */
function markMentions(text: string, mentions: readonly Mention[]): string {
  let marked = '';
  let from = 0;
  for (const mention of mentions) {
    marked += `${text.slice(from, mention.start)}\u0001`;
    from = mention.end;
  }
  return marked + text.slice(from);
}

function normalise(text: string): string {
  return text
    .trim()
    .replace(
      /^(?:please|pls|can you|could you|would you|i want(?: you to)?|i'd like(?: you to)?|now|then|and|ok,?|so)\s+/i,
      '',
    )
    .replace(/^please\s+/i, '');
}

function matches(patterns: readonly string[], text: string): boolean {
  return patterns.some((pattern) => new RegExp(pattern, 'i').test(text));
}

function isReady(request: InterpreterRequest, number: number): boolean {
  return request.images.some((image) => image.number === number && image.status === 'ready');
}

function unique(numbers: readonly number[]): readonly number[] {
  return [...new Set(numbers)];
}

function shorten(text: string): string {
  return text.length <= 200 ? text : `${text.slice(0, 199)}…`;
}
