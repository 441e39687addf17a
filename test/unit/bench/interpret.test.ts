import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { attributeOf } from '../../../bench/interpret/attribute.ts';
import { type Case, HALVES, openPictures, readCases, requestOf } from '../../../bench/interpret/cases.ts';
import { judge, summarize } from '../../../bench/interpret/score.ts';
import type { ReadyImage } from '../../../core/domain.ts';
import { anInterpretation } from '../../support/builders/conversation.ts';

const FOLDER = fileURLToPath(new URL('../../../bench/interpret/cases', import.meta.url));
const CASES = HALVES.flatMap((half) => readCases(FOLDER, half));

function aCase(changes: Partial<Case> = {}): Case {
  return {
    id: 'a',
    phenomenon: 'numbered',
    language: 'en',
    images: ['message: red bag on blue', 'message: green hat on pink', 'message: blue hat on pink'],
    text: 'x',
    gold: { mode: 'edit', base: 1, references: [2, 3], attribute: 'pattern' },
    half: 'hand',
    ...changes,
  };
}

function reading(changes: Parameters<typeof anInterpretation>[0]) {
  return { kind: 'read', reading: anInterpretation(changes), byRules: false, ms: 1 } as const;
}

describe('what a reading is about', () => {
  it.each([
    ['Give the bag in image 1 the pattern of the dress in image 2.', 'pattern'],
    ['Give the red bag in image 1 the color of the striped dress in image 2.', 'color'],
    ['Give the bag in image 1 the look of the dress in image 2.', 'look'],
    ['Give image 1 the style of image 2.', 'style'],
    ['Make image 3 neon.', 'style'],
    ['Put the bag of image 1 on the background of image 2.', 'background'],
    ['Change the background to blue striped.', 'background'],
    ['Replace the striped bag in image 1 with the hat from image 2.', 'replace'],
    ['Add the red hat from image 2 to image 1.', 'add'],
    ['Change the color of the bag to red.', 'color'],
    ['Change the pattern of the bag to dotted.', 'pattern'],
    ['Give the bag in image 1 the pattern of the hat in image 2. Give image 1 the style of image 3.', 'pattern+style'],
    ['make it red, thanks!', 'color'],
    ['Rotate it.', 'other'],
  ])('is in the words of its instruction: %s', (instruction, attribute) => {
    expect(attributeOf(anInterpretation({ instruction }))).toBe(attribute);
  });

  it.each([
    ['A red bag.', [], 'new'],
    ['The bag from image 1 and the hat from image 2.', [1, 2], 'noun'],
    ['A bag with the pattern of the hat in image 2.', [2], 'pattern'],
    ['The bag from image 1 on a red background, in the style of image 2.', [1, 2], 'noun+style'],
  ])('of a new picture is what its references lend: %s', (instruction, references, attribute) => {
    expect(attributeOf(anInterpretation({ mode: 'generate', base: null, references, instruction }))).toBe(attribute);
  });
});

describe('a judged reading', () => {
  it('is exact with the same mode, base and set of references', () => {
    const instruction = 'Give the bag the pattern of the hat.';
    expect(judge(aCase(), reading({ references: [3, 2], instruction }))).toMatchObject({
      exact: true,
      attribute: true,
    });
    expect(judge(aCase(), reading({ references: [2], instruction }))).toMatchObject({ exact: false, attribute: true });
    expect(judge(aCase(), reading({ base: 2, references: [1, 3] }))).toMatchObject({ exact: false, attribute: false });
    expect(judge(aCase(), { kind: 'failed', code: 'NO_IMAGE', ms: 1 })).toMatchObject({ exact: false });
  });

  it('counts in its own half, beside the rules', () => {
    const right = judge(aCase(), reading({ references: [2, 3] }));
    const wrong = judge(aCase({ half: 'generated' }), reading({ references: [] }));
    expect(summarize([right, wrong], [wrong])).toMatchObject({
      cases: 2,
      exact: 0.5,
      handWritten: { cases: 1, exact: 1 },
      generated: { cases: 1, exact: 0, fallbackExact: 0 },
    });
  });
});

describe('the cases', () => {
  it('are 400 and more, at least half of them written by hand, in eight languages, each once', () => {
    const byHand = CASES.filter(({ half }) => half === 'hand');
    expect(CASES.length).toBeGreaterThanOrEqual(400);
    expect(byHand.length * 2).toBeGreaterThanOrEqual(CASES.length);
    expect(new Set(byHand.map(({ language }) => language)).size).toBe(8);
    expect(new Set(CASES.map(({ id }) => id)).size).toBe(CASES.length);
    expect(new Set(CASES.map(({ text, images }) => `${text} ${images.join()}`)).size).toBe(CASES.length);
  });

  it('name images that are there, and every picture is', async () => {
    const pictures = openPictures(FOLDER, CASES);
    for (const one of CASES) {
      const { base, references } = one.gold;
      const { images } = requestOf(one, 5);
      for (const number of [...(base === null ? [] : [base]), ...references]) {
        expect(number, one.id).toBeLessThanOrEqual(images.length);
      }
      for (const image of images as readonly ReadyImage[]) {
        expect((await pictures.get(image.blob)).bytes.length, one.id).toBeGreaterThan(100);
      }
    }
  });

  it('describe a conversation as the product does', () => {
    const images = [
      'other: red bag on blue',
      'earlier: green hat on pink',
      'result: green hat on red',
      'reply: blue hat on pink',
    ];
    const request = requestOf(aCase({ images }), 5);
    expect(request).toMatchObject({ attached: [4], own: [2], current: 3, maxImages: 5 });
    expect(request.images.map((image) => ('kind' in image ? image.kind : ''))).toEqual([
      'input',
      'input',
      'result',
      'input',
    ]);
  });
});
