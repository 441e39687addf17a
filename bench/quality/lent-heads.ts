import type { Case, Labels } from './cases.ts';

/** A head of a new picture that a reference decides. */
export interface LentHead {
  readonly head: string;
  /** Position of the picture that lends, from 1. */
  readonly image: number;
}

const SLOTS = ['left', 'center', 'right'] as const;

const PATTERN = /(\w+) with the pattern of the \w+ in image (\d)/g;
const THING = /\bthe (\w+) from image (\d)/gi;
const STYLE = /in the style of image (\d)/g;

/** What the canonical description of a new picture takes from which picture. */
export function lentHeads({ instruction, expected }: Pick<Case, 'instruction' | 'expected'>): readonly LentHead[] {
  const inSlotOf = (noun: string | undefined, part: string, k: string | undefined) => {
    const slot = SLOTS.find((each) => expected[`${each}.noun`] === noun);
    return slot === undefined ? [] : [{ head: `${slot}.${part}`, image: Number(k) }];
  };
  return [
    ...[...instruction.matchAll(PATTERN)].flatMap(([, noun, k]) => inSlotOf(noun, 'pattern', k)),
    ...[...instruction.matchAll(THING)].flatMap(([, noun, k]) => inSlotOf(noun, 'noun', k)),
    ...[...instruction.matchAll(STYLE)].map(([, k]) => ({ head: 'style', image: Number(k) })),
  ];
}

/** What a picture could lend for a head: its style, or the pattern (color, noun) of any of its objects. */
export function lendable(labels: Labels, head: string): readonly string[] {
  const part = /^(?:left|center|right)\.(\w+)$/.exec(head)?.[1];
  if (part === undefined) return [labels[head] ?? ''];
  return SLOTS.filter((slot) => !isEmpty(labels, slot)).map((slot) => labels[`${slot}.${part}`] ?? '');
}

/** The colour and pattern of an empty slot say nothing. */
export function isEmpty(labels: Labels, slot: string): boolean {
  return (labels[`${slot}.noun`] ?? 'none') === 'none';
}
