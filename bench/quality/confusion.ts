import type { Picture } from '../../inference/index.ts';
import type { Case, CasePictures } from './cases.ts';
import { compareKept } from './compare-pixels.ts';
import { isEmpty, lendable, lentHeads } from './lent-heads.ts';
import { believedHeads, type JudgeCard, type Reading } from './open-judge.ts';
import { askedHeads, LIMITS } from './verdict.ts';

/** The two ways in which pictures are confused; null where it cannot happen. */
export interface Confusion {
  /** The output is one of the references. */
  readonly copied: boolean | null;
  /** The output shows what the inputs in reversed order would give. */
  readonly swapped: boolean | null;
}

/** Share of either that a model may have. */
export const MOST_CONFUSED = 0.02;

/** @param seen what the judge reads in the inputs. @param reading what it reads in the output. */
export function confusionOf(
  one: Case,
  card: JudgeCard,
  { inputs, target }: CasePictures,
  {
    picture,
    reading,
    seen,
  }: { readonly picture: Picture; readonly reading: Reading; readonly seen: readonly Reading[] },
): Confusion {
  const references = one.mode === 'edit' ? inputs.slice(1) : inputs;
  const readable = new Set(believedHeads(card, one.style));
  const isRead = (head: string) => readable.has(head);
  return {
    copied: references.length === 0 ? null : references.some((reference) => isCopy(reference, target, picture)),
    swapped:
      one.mode === 'edit'
        ? takesReferenceForBase(one, reading, seen, isRead)
        : takesFromOther(one, reading, seen, isRead),
  };
}

/** The same picture up to what our autoencoder changes, and nearer to it than to what was asked for. */
function isCopy(reference: Picture, target: Picture, picture: Picture): boolean {
  const copy = compareKept(reference, reference, picture);
  const right = compareKept(target, target, picture);
  if (copy === null || right === null) return false;
  return copy.mean < LIMITS.keptMean && copy.worstBlock < LIMITS.keptBlock && copy.mean < right.mean;
}

/** What an edit keeps is mostly the reference's in place of the base's. */
function takesReferenceForBase(
  one: Case,
  reading: Reading,
  [, reference]: readonly Reading[],
  isRead: (head: string) => boolean,
): boolean | null {
  const { source } = one;
  if (reference === undefined || source === null) return null;
  const asked = new Set(askedHeads(one));
  const telling = Object.keys(source).filter((head) => {
    const isNothing = !head.endsWith('.noun') && isEmptySlot(reference, head);
    return (
      isRead(head) && !asked.has(head) && source[head] !== null && !isNothing && source[head] !== reference.labels[head]
    );
  });
  const confused = telling.filter((head) => reading.labels[head] === reference.labels[head]);
  return confused.length * 2 > telling.length;
}

/** Everything that is lent comes from the picture at the opposite place. */
function takesFromOther(
  one: Case,
  reading: Reading,
  seen: readonly Reading[],
  isRead: (head: string) => boolean,
): boolean | null {
  if (seen.length < 2) return null;
  const lent = lentHeads(one).flatMap(({ head, image }) => {
    const opposite = seen[seen.length - image];
    const values = opposite === undefined ? [] : lendable(opposite.labels, head);
    return isRead(head) && !values.includes(one.expected[head] ?? '') ? [{ head, values }] : [];
  });
  return lent.length > 0 && lent.every(({ head, values }) => values.includes(reading.labels[head] ?? ''));
}

function isEmptySlot({ labels }: Reading, head: string): boolean {
  const [slot = '', part] = head.split('.');
  return part !== undefined && slot !== 'background' && isEmpty(labels, slot);
}
