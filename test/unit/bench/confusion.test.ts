import { describe, expect, it } from 'vitest';
import { confusionOf } from '../../../bench/quality/confusion.ts';
import { lentHeads } from '../../../bench/quality/lent-heads.ts';
import type { JudgeCard, Reading } from '../../../bench/quality/open-judge.ts';
import { card, casePictures, editCase, paint, rightReading, stripes } from '../../support/builders/quality-case.ts';

const pictures = casePictures(64);
const [base, reference] = pictures.inputs;
if (base === undefined || reference === undefined) throw new Error('no pictures');

const SEEN: readonly Reading[] = [
  rightReading({ 'left.color': 'red' }),
  rightReading({ 'left.noun': 'hat', 'left.color': 'blue', 'background.color': 'blue' }),
];

function edited(picture: typeof base, reading: Reading) {
  return confusionOf(editCase(), card, pictures, { picture: picture ?? pictures.target, reading, seen: SEEN });
}

describe('an edit', () => {
  it('that is right is not confused, and one that changes nothing is not either', () => {
    expect(edited(pictures.target, rightReading())).toEqual({ copied: false, swapped: false });
    expect(edited(base, SEEN[0] ?? rightReading())).toEqual({ copied: false, swapped: false });
  });

  it('copies the reference where it is the same picture, up to an autoencoder', () => {
    const nearly = paint(64, (x) => [x % 2 === 0 ? 6 : 0, 244, 3]);
    expect(edited(reference, rightReading()).copied).toBe(true);
    expect(edited(nearly, rightReading()).copied).toBe(true);
    const half = paint(64, (x) => (x < 32 ? [0, 250, 0] : [40, 90, 200]));
    expect(edited(half, rightReading()).copied).toBe(false);
  });

  it('is swapped where the reference was kept in place of the base', () => {
    const swapped = rightReading({ 'left.noun': 'hat', 'left.color': 'red', 'background.color': 'blue' });
    expect(edited(stripes(64), swapped).swapped).toBe(true);
    expect(edited(stripes(64), rightReading({ 'background.color': 'blue' })).swapped).toBe(false);
  });

  it('of one image cannot be confused', () => {
    const one = editCase({ group: 'singleEdits', inputs: 1 });
    const alone = { ...pictures, inputs: [base] };
    const looked = { picture: base, reading: rightReading(), seen: SEEN.slice(0, 1) };
    expect(confusionOf(one, card, alone, looked)).toEqual({ copied: null, swapped: null });
  });
});

describe('a new picture', () => {
  const patterns: JudgeCard = {
    ...card,
    heads: { ...card.heads, 'left.pattern': 'pattern', 'right.noun': 'noun', 'right.pattern': 'pattern' },
    labels: { ...card.labels, pattern: ['plain', 'striped', 'dotted'] },
    accuracy: { flat: { ...card.accuracy['flat'], pattern: 1 } },
  };
  const one = editCase({
    group: 'generations',
    mode: 'generate',
    instruction:
      'A red cat with the pattern of the hat in image 1 and a red hat with the pattern of the cat in image 2 on a red background.',
    source: null,
    expected: {
      'left.noun': 'cat',
      'left.pattern': 'striped',
      'right.noun': 'hat',
      'right.pattern': 'dotted',
      style: 'flat',
    },
  });
  const reads = (left: string, right: string): Reading => ({
    labels: { 'left.noun': 'cat', 'left.pattern': left, 'right.noun': 'hat', 'right.pattern': right, style: 'flat' },
    damage: -1,
  });
  const lends = (pattern: string): Reading => ({
    labels: {
      'left.noun': 'hat',
      'left.pattern': pattern,
      'right.noun': 'none',
      'right.pattern': 'plain',
      style: 'flat',
    },
    damage: -1,
  });
  const seen = [lends('striped'), lends('dotted')];
  const confused = (reading: Reading) =>
    confusionOf(one, patterns, pictures, { picture: pictures.target, reading, seen }).swapped;

  it('says what it takes from where', () => {
    expect(lentHeads(one)).toEqual([
      { head: 'left.pattern', image: 1 },
      { head: 'right.pattern', image: 2 },
    ]);
    const other = {
      instruction: 'The cat from image 1 on a red background, in the style of image 2.',
      expected: one.expected,
    };
    expect(lentHeads(other)).toEqual([
      { head: 'left.noun', image: 1 },
      { head: 'style', image: 2 },
    ]);
  });

  it('is swapped where everything comes from the opposite reference', () => {
    expect(confused(reads('striped', 'dotted'))).toBe(false);
    expect(confused(reads('dotted', 'striped'))).toBe(true);
    expect(confused(reads('dotted', 'dotted'))).toBe(false);
  });

  it('copies any of its references, and cannot be swapped with only one', () => {
    const looked = { picture: base, reading: rightReading(), seen: seen.slice(0, 1) };
    expect(confusionOf(one, patterns, { ...pictures, inputs: [base] }, looked)).toEqual({
      copied: true,
      swapped: null,
    });
  });
});
