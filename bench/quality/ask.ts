import type { EngineRequest } from '../../core/ports.ts';
import { adapterOf } from '../../core/prompt.ts';
import type { Case } from './cases.ts';
import { seedOf } from './damage.ts';
import type { ReadRequest, RequestReader } from './read-request.ts';
import { casualRequest } from './wording/casual.ts';

export const WORDINGS = ['canonical', 'casual'] as const;
/** `canonical`: as in training; `casual`: as people type it. */
export type Wording = (typeof WORDINGS)[number];

/** What an engine is asked for a case, or why nothing can be asked. */
export type Asked =
  | {
      readonly kind: 'asked';
      /** The words of the person. */
      readonly text: string;
      readonly request: EngineRequest;
      /** How the words were read; null: they go to the engine as they are. */
      readonly reading: ReadRequest['reading'] | null;
    }
  | { readonly kind: 'unread'; readonly text: string; readonly problem: string };

export interface AskOptions {
  readonly wording: Wording;
  /** What reads the words before the engine gets them; undefined: nothing does. */
  readonly reader?: RequestReader | undefined;
}

/** Say a case to an engine: the adapter by the rule, a seed of the case's own.
 * @param images encoded, in the case's order. */
export async function askCase(
  one: Case,
  images: readonly Uint8Array[],
  { wording, reader }: AskOptions,
): Promise<Asked> {
  const text = wording === 'casual' ? casualRequest(one) : canonicalRequest(one);
  return askInWords(one, text, images, reader);
}

/** Say any words to an engine, read first where something reads them. */
export async function askInWords(
  one: Pick<Case, 'id' | 'mode'>,
  text: string,
  images: readonly Uint8Array[],
  reader: RequestReader | undefined,
): Promise<Asked> {
  if (reader === undefined) return { kind: 'asked', text, request: straightRequest(one, text, images), reading: null };
  const read = await reader.read(text, images);
  if (read.kind === 'unread') return { ...read, text };
  return { kind: 'asked', text, request: { ...read.request, seed: seedOf(one.id) }, reading: read.reading };
}

/** A text to image case has no instruction: its description is the prompt. */
export function canonicalRequest({ instruction, description }: Pick<Case, 'instruction' | 'description'>): string {
  return instruction === '' ? description : instruction;
}

/** The words as they are; edit or generation as the case has it, which people choose by a switch. */
export function straightRequest(
  { id, mode }: Pick<Case, 'id' | 'mode'>,
  text: string,
  images: readonly Uint8Array[],
): EngineRequest {
  const references = images.map((_, index) => index + 1).slice(mode === 'edit' ? 1 : 0);
  const reading = { instruction: text, description: mode === 'edit' ? '' : text, keep: [] };
  return { mode, prompt: text, reading, adapter: adapterOf({ references }, mode), images, seed: seedOf(id) };
}
