import { z } from 'zod';
import { LIMITS } from '../domain.ts';
import { policyCategorySchema } from '../safety/policy-verdict.ts';

const MAX_ANSWER_CHARACTERS = 40_000;

/** 2, "2", "image 2" */
const imageNumber = z.union([
  z.int().positive(),
  z
    .string()
    .regex(/^\s*(?:image\s*)?#?\d{1,6}\s*$/i, 'must be an image number')
    .transform((text) => Number(/\d+/.exec(text)?.[0])),
]);
const sentence = z.string().trim().max(2000);

const verdict = {
  /** "refuse", "Refused." … */
  policy: z
    .string()
    .transform((policy) => (/^\W*refus/i.test(policy) ? ('refuse' as const) : ('ok' as const)))
    .catch('ok'),
  category: policyCategorySchema.catch('other'),
};
const refusalSchema = z.object(verdict);

/** What a model answers, before it is held against the request. What only decorates is mended, what decides is not. */
const answerSchema = z.object({
  mode: z.enum(['edit', 'generate', 'clarify', 'chat']),
  base: imageNumber.nullish().transform((base) => base ?? null),
  references: z
    .array(imageNumber)
    .max(50)
    .nullish()
    .transform((references) => [...new Set(references ?? [])]),
  instruction: sentence.nullish().transform((text) => text ?? ''),
  description: sentence.nullish().transform((text) => text ?? ''),
  keep: z.array(z.string().trim().min(1).max(200)).max(20).catch([]),
  aspect: z
    .string()
    .regex(/^\d{1,4}:\d{1,4}$/)
    .nullish()
    .catch(null),
  count: z
    .number()
    .transform((count) => Math.min(Math.max(Math.round(count), 1), LIMITS.picturesPerMessage))
    .catch(1),
  altText: z.string().trim().max(500).catch(''),
  language: z
    .string()
    .regex(/^[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$/)
    .catch('en'),
  confidence: z.number().min(0).max(1).catch(0.5),
  question: z
    .string()
    .trim()
    .max(500)
    .nullish()
    .transform((text) => text ?? ''),
  ...verdict,
});
export type ParsedAnswer = z.infer<typeof answerSchema>;

export type AnswerReading =
  | { readonly kind: 'parsed'; readonly answer: ParsedAnswer }
  /** In words for the model. */
  | { readonly kind: 'unusable'; readonly problems: readonly string[] };

/** The last JSON object of a text, in whatever it is wrapped: thoughts, a code fence, a tag, sentences. */
export function parseAnswer(text: string): AnswerReading {
  if (text.length > MAX_ANSWER_CHARACTERS) return { kind: 'unusable', problems: ['the answer is too long'] };
  const value = lastObject(text.replace(/<think>.*?<\/think>/gs, ''));
  if (value === undefined) return { kind: 'unusable', problems: ['there is no valid JSON object in the answer'] };
  const parsed = answerSchema.safeParse(refusalIn(value) ?? value);
  if (parsed.success) return { kind: 'parsed', answer: parsed.data };
  return {
    kind: 'unusable',
    problems: parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'answer'}: ${message}`),
  };
}

/** An answer that refuses needs to say nothing else. */
function refusalIn(value: object): object | undefined {
  const parsed = refusalSchema.safeParse(value);
  return parsed.success && parsed.data.policy === 'refuse' ? { ...parsed.data, mode: 'chat' } : undefined;
}

function lastObject(text: string): object | undefined {
  let last: object | undefined;
  for (let start = text.indexOf('{'); start !== -1; ) {
    const end = endOfObject(text, start);
    const value = end === -1 ? undefined : parseObject(text.slice(start, end));
    if (value !== undefined) last = value;
    start = text.indexOf('{', value === undefined ? start + 1 : end);
  }
  return last;
}

/** Behind the brace that closes the one at `start`; braces in strings do not count. */
function endOfObject(text: string, start: number): number {
  let depth = 0;
  let isString = false;
  for (let index = start; index < text.length; index += 1) {
    const sign = text[index];
    if (isString) {
      if (sign === '\\') index += 1;
      else if (sign === '"') isString = false;
    } else if (sign === '"') isString = true;
    else if (sign === '{') depth += 1;
    else if (sign === '}') {
      depth -= 1;
      if (depth === 0) return index + 1;
    }
  }
  return -1;
}

function parseObject(json: string): object | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
