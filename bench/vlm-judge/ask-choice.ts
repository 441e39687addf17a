import { z } from 'zod';
import { fillLines } from '../../core/interpreters/prompt-template.ts';
import type { ChatMessage, ChatPart } from '../../core/ports.ts';
import { shrinkImage, sniffFormat } from '../../inference/index.ts';
import type { JudgingModel } from './open-judging-model.ts';

/** One of the words that were offered, and why; or why there is none. */
export type Choice<Word extends string> =
  | { readonly kind: 'answered'; readonly answer: Word; readonly reason: string }
  | { readonly kind: 'unanswered'; readonly problem: string };

/** A picture with what is said before it. */
export interface LabelledPicture {
  readonly label: string;
  readonly bytes: Uint8Array;
}

export interface Question<Word extends string> {
  readonly system: readonly string[];
  readonly pictures: readonly LabelledPicture[];
  /** Said after the pictures. */
  readonly text: string;
  readonly words: readonly [Word, ...(readonly Word[])];
  /** Asked once more with, where the answer is none of the words. */
  readonly repair: readonly string[];
}

/** What is sent of a picture. */
const SHOWN_BYTES = 500_000;
const SHOWN_SIDE_PX = 1024;

/** Ask one question; an answer that is none is asked for once more. A failing server is an answer too. */
export async function askChoice<Word extends string>(
  { model, timeoutMs }: JudgingModel,
  { system, pictures, text, words, repair }: Question<Word>,
): Promise<Choice<Word>> {
  const content: ChatPart[] = [];
  for (const { label, bytes } of pictures) {
    content.push({ kind: 'text', text: label }, { kind: 'image', ...(await shownOf(bytes)) });
  }
  const messages: ChatMessage[] = [
    { role: 'system', content: [{ kind: 'text', text: system.join('\n') }] },
    { role: 'user', content: [...content, { kind: 'text', text }] },
  ];
  for (let attempt = 1; attempt <= 2; attempt += 1) {
    const answer = await model.ask(messages, { signal: AbortSignal.timeout(timeoutMs) });
    if (answer.kind === 'failed') return { kind: 'unanswered', problem: answer.reason };
    const choice = parseChoice(answer.text, words);
    if (choice !== undefined) return choice;
    messages.push(said('assistant', answer.text), said('user', fillLines(repair, {})));
  }
  return { kind: 'unanswered', problem: 'unusable' };
}

/** The last flat JSON object of a text that answers; undefined where there is none. */
export function parseChoice<Word extends string>(
  text: string,
  words: readonly [Word, ...(readonly Word[])],
): Choice<Word> | undefined {
  const answerSchema = z.object({
    answer: z.string().trim().toLowerCase().pipe(z.enum(words)),
    reason: z.string().trim().catch(''),
  });
  const answers = [...text.matchAll(/\{[^{}]*\}/g)].flatMap(([object]) => {
    const parsed = answerSchema.safeParse(parseJson(object));
    return parsed.success ? [parsed.data] : [];
  });
  const last = answers.at(-1);
  return last === undefined ? undefined : { kind: 'answered', ...last };
}

/** A small PNG as it is: what a copy damages would count against the result. */
async function shownOf(bytes: Uint8Array): Promise<{ readonly bytes: Uint8Array; readonly contentType: string }> {
  const sniffed = sniffFormat(bytes);
  const isPng = sniffed.kind === 'readable' && sniffed.format === 'png';
  if (isPng && bytes.length <= SHOWN_BYTES) return { bytes, contentType: 'image/png' };
  const copy = await shrinkImage(bytes, SHOWN_BYTES, { maxSidePx: SHOWN_SIDE_PX });
  if (copy === undefined)
    throw new Error(`A picture of ${bytes.length} bytes cannot be made small enough to be shown.`);
  return copy;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function said(role: 'assistant' | 'user', text: string): ChatMessage {
  return { role, content: [{ kind: 'text', text: text.slice(0, 2000) }] };
}
