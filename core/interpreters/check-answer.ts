import type { Interpretation } from '../domain.ts';
import { AppError } from '../errors.ts';
import { findMentions, type MentionContext, resolveMentions } from '../mentions.ts';
import type { InterpreterRequest } from '../ports.ts';
import type { Texts } from '../texts/catalogue.ts';
import type { ParsedAnswer } from './parse-answer.ts';

/** What is wrong with an answer, in words for the model: images that are not there, and what contradicts itself or the request. */
export function problemsOf(answer: ParsedAnswer, request: InterpreterRequest): readonly string[] {
  const { mode, base, references, instruction, question } = answer;
  // Nothing is made of it, so nothing else has to be right.
  if (answer.policy === 'refuse') return [];
  const ready = request.images.filter(({ status }) => status === 'ready').map(({ number }) => number);
  if (mode === 'clarify' || mode === 'chat') {
    return [
      ...(question === '' ? [`mode ${mode} needs a question`] : []),
      ...(mode === 'chat' && request.chosenMode !== undefined ? [`the person chose mode ${request.chosenMode}`] : []),
    ];
  }
  const inputs = inputsOf(answer);
  const unknown = inputs.filter((number) => !ready.includes(number));
  const isNamed = (number: number) => inputs.includes(number);
  const strangers = [answer.instruction, answer.description]
    .flatMap((text) => findMentions(text, contextOf(answer, request)))
    .filter(({ kind }) => kind === 'number' || kind === 'ordinal')
    .flatMap(({ numbers }) => numbers)
    .filter((number) => !isNamed(number));
  return [
    ...(request.chosenMode === undefined || request.chosenMode === mode
      ? []
      : [`the person chose mode ${request.chosenMode}`]),
    ...(mode === 'edit' && base === null ? ['mode edit needs a base'] : []),
    ...(mode === 'generate' && base !== null ? ['mode generate has no base: the image belongs to the references'] : []),
    ...(base !== null && references.includes(base) ? [`image ${base} is base and reference at once`] : []),
    ...unique(unknown).map((number) => `there is no image ${number}`),
    ...unique(strangers).map((number) => `the text names image ${number}, which is neither base nor reference`),
    ...(instruction === '' ? ['the instruction is empty'] : []),
  ];
}

/** @throws AppError TOO_MANY_IMAGES: none is dropped in silence. */
export function toInterpretation(answer: ParsedAnswer, request: InterpreterRequest, texts: Texts): Interpretation {
  const { mode, base, references, keep, aspect, count, language, confidence, question } = answer;
  const isRefused = answer.policy === 'refuse';
  if (isRefused || mode === 'clarify' || mode === 'chat') {
    const instruction = request.text.trim();
    return {
      ...{ mode, base: null, references: [], instruction, description: '', keep: [], count: 1, altText: '' },
      ...{ language, confidence, question },
      ...(isRefused ? { policy: { verdict: 'refuse', category: answer.category } } : {}),
    };
  }
  const inputs = inputsOf(answer);
  if (inputs.length > request.maxImages)
    throw new AppError('TOO_MANY_IMAGES', { limit: request.maxImages, count: inputs.length });
  // "It" in what a new picture shows is a thing in it, not an image of the conversation.
  const numbered = (text: string) => (mode === 'edit' ? resolveMentions(text, contextOf(answer, request)) : text);
  const instruction = numbered(answer.instruction);
  return {
    mode,
    base,
    references,
    instruction,
    description: numbered(answer.description),
    keep,
    ...(aspect == null ? {} : { aspect }),
    count,
    altText: answer.altText === '' ? texts.say('alt.result', { text: instruction.slice(0, 200) }) : answer.altText,
    language,
    confidence,
  };
}

function inputsOf({ base, references }: ParsedAnswer): readonly number[] {
  return base === null ? references : unique([base, ...references]);
}

/** In the model's own sentences numbers are the conversation's, and "it" is what it changes. */
function contextOf({ base }: ParsedAnswer, { images }: InterpreterRequest): MentionContext {
  return { numbers: images.map(({ number }) => number), attached: [], current: base, parent: null, bareNumbers: false };
}

function unique(numbers: readonly number[]): readonly number[] {
  return [...new Set(numbers)];
}
