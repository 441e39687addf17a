import type { Interpretation } from './domain.ts';
import { ENGLISH } from './intent-english.ts';
import { renameMentions } from './mentions.ts';
import type { InterpreterRequest } from './ports.ts';

/** What the end of a request puts right about its beginning: another image is changed, or the two change places. */
export interface Correction {
  /** What was said before it. */
  readonly text: string;
  readonly kind: 'other one' | 'other way';
}

/** "make the first one red. no wait, the other one" · "image 1 like image 2, sorry, the other way round" */
export function splitCorrection(text: string): Correction | undefined {
  for (const [kind, words] of [
    ['other one', ENGLISH.otherOne],
    ['other way', ENGLISH.otherWay],
  ] as const) {
    const end = new RegExp(`[\\s.,;:!?-]+(?:${ENGLISH.corrects}[\\s.,;:!?-]+)+(?:${words})[\\s.!]*$`, 'i').exec(text);
    if (end !== null && end.index > 0) return { text: text.slice(0, end.index), kind };
  }
  return undefined;
}

/** The reading of what was said first, put right; as it is where there are not two images. */
export function correctReading(
  reading: Interpretation,
  kind: Correction['kind'],
  { images, attached }: InterpreterRequest,
): Interpretation {
  const { mode, base, references } = reading;
  if (mode !== 'edit' || base === null) return reading;
  const [first, ...others] = references;
  if (kind === 'other way') {
    return first === undefined
      ? reading
      : { ...renamed(reading, base, first), base: first, references: [base, ...others] };
  }
  const candidates = attached.length > 1 ? attached : images.map(({ number }) => number);
  const [other, ...more] = candidates.filter((number) => number !== base);
  if (other === undefined || more.length > 0) return reading;
  return { ...renamed(reading, base, other), base: other, references: references.filter((number) => number !== other) };
}

/** The instruction with both numbers exchanged. */
function renamed(reading: Interpretation, one: number, other: number): Interpretation {
  const places = new Map([
    [one, other],
    [other, one],
  ]);
  return { ...reading, instruction: renameMentions(reading.instruction, places) };
}
