import { describe, expect, it } from 'vitest';
import type { ImageEntry } from '../../../core/domain.ts';
import { newTurnId } from '../../../core/ids.ts';
import { interpretByRules } from '../../../core/intent-rules.ts';
import type { InterpreterRequest } from '../../../core/ports.ts';
import { composePrompt } from '../../../core/prompt.ts';
import { createTexts } from '../../../core/texts/catalogue.ts';
import { en } from '../../../core/texts/en.ts';
import { anImage, anInterpretation } from '../../support/builders/conversation.ts';

const texts = createTexts(en, 'en');

function read(text: string, changes: Partial<InterpreterRequest> = {}) {
  return interpretByRules({ text, images: [], attached: [], current: null, maxImages: 4, ...changes }, texts);
}

/** n images of one message. */
function sent(count: number): Partial<InterpreterRequest> {
  const numbers = Array.from({ length: count }, (_, index) => index + 1);
  return { images: numbers.map((number) => anImage(number)), attached: numbers };
}

/** Two images and result 3 of earlier messages, and what this message attached. */
function later(attached: readonly number[] = []): Partial<InterpreterRequest> {
  return { images: [1, 2, 3, ...attached].map((number) => anImage(number)), attached, current: 3 };
}

describe('the rule interpretation', () => {
  it.each([
    ['Give the bag in image 1 the pattern of the dress in image 2', 1, [2]],
    ['Give the bag in image 2 the pattern of the dress in image 1', 2, [1]],
    ['Give image 1 the style of image 2.', 1, [2]],
    ['Put the bag of image 1 on the background of image 2.', 1, [2]],
    ['Replace the cup in image 1 with the bowl from image 2.', 1, [2]],
    ['Add the bowl from image 2 to image 1.', 1, [2]],
    ['Tilt the cup in image 1 like the boat in image 2.', 1, [2]],
    ['Make image 1 look like image 2', 1, [2]],
    ['Add the bird from image 1 to image 2', 2, [1]],
    ['Put the hat from image 2 on the dog in image 1', 1, [2]],
    ['put image 2 on image 1', 1, [2]],
    ['put image 1 on image 2', 2, [1]],
    ["use image 2's pattern on image 1", 1, [2]],
    ['Use the style of image 2 for image 1', 1, [2]],
    ['Take the dress from image 2 and put it on image 1', 1, [2]],
    ['use image 2 as base and give it the color of image 1', 2, [1]],
    ['base image: image 2, with the bag of image 1', 2, [1]],
    ['in the style of image 2', 1, [2]],
    ['paint a moustache on the man in image 1', 1, []],
    ['make a copy of image 2 in blue', 2, []],
    ['the second picture, but at night', 2, []],
    ['give the bag the pattern of the dress', 1, [2]],
    ['give the bag in image 1 the pattern of the dress', 1, [2]],
    ['make image 1 darker', 1, []],
    ['combine them', 1, [2]],
    ['a bit darker', 1, [2]],
  ])('finds base and references of two sent images: %s', (text, base, references) => {
    expect(read(text, sent(2))).toMatchObject({ mode: 'edit', base, references });
  });

  it.each([
    ['make it blue', [], 3, []],
    ['same but tilted', [], 3, []],
    ['add a hat', [], 3, []],
    ['Flip it like image 1', [], 3, [1]],
    ['give it the background of image 2', [], 3, [2]],
    ['make image 1 blue', [], 1, []],
    ['go back to the original and make it darker', [], 1, []],
    ['make it look like this', [4], 3, [4]],
    ['make it red', [4], 4, []],
    ['add the dog from this picture', [4], 3, [4]],
    ['make image 1 look like image 2', [4, 5], 4, [5]],
  ])('goes on from the last result: %s', (text, attached, base, references) => {
    expect(read(text, later(attached))).toMatchObject({ mode: 'edit', base, references });
  });

  it.each([
    [
      'Make a picture of the bag from image 1 with the pattern of image 2',
      [1, 2],
      'The bag from image 1 with the pattern of image 2',
    ],
    ['draw a cat in the style of image 1', [1], 'A cat in the style of image 1'],
    ['Generate an image like image 2', [2], 'An image like image 2'],
    ['a new scene with both images', [1, 2], 'A new scene with image 1 and image 2'],
    ['please create a poster', [1, 2], 'A poster'],
  ])('makes a new picture when asked to: %s', (text, references, description) => {
    expect(read(text, sent(2))).toMatchObject({ mode: 'generate', base: null, references, description });
  });

  it.each(['a red bag on a blue background', 'draw a cat', 'imagine the sea', 'sunset over hills'])(
    'needs no image for a new picture: %s',
    (text) => {
      expect(read(text)).toMatchObject({ mode: 'generate', base: null, references: [] });
    },
  );

  it.each(['make the bag red', 'image 1 but red', 'remove the background', 'like the one in picture 3'])(
    'says that an image is missing: %s',
    (text) => {
      expect(() => read(text)).toThrow(expect.objectContaining({ code: 'NO_IMAGE' }));
    },
  );

  it('says that an image is missing when the edit mode was chosen without one', () => {
    expect(() => read('a red bag', { chosenMode: 'edit' })).toThrow(expect.objectContaining({ code: 'NO_IMAGE' }));
    expect(read('change of scenery', { chosenMode: 'generate' })).toMatchObject({ mode: 'generate' });
  });

  it('says which number does not exist', () => {
    expect(() => read('make image 4 red', sent(2))).toThrow(
      expect.objectContaining({ code: 'UNKNOWN_IMAGE', values: { number: 4, count: 2 } }),
    );
  });

  it('says why a mentioned image could not be opened', () => {
    const failed: ImageEntry = {
      number: 2,
      turnId: newTurnId(),
      status: 'failed',
      kind: 'input',
      origin: 'attachment',
      altText: '',
      reason: { code: 'IMAGE_UNREADABLE', values: { number: 2, format: 'PDF' } },
    };
    const images = [anImage(1), failed];
    expect(() => read('make image 2 red', { images, attached: [1, 2] })).toThrow(
      expect.objectContaining({ code: 'IMAGE_UNREADABLE' }),
    );
    expect(read('make it red', { images, attached: [1, 2] })).toMatchObject({ base: 1, references: [] });
    expect(() => read('make the bag red', { images: [failed], attached: [2], chosenMode: 'edit' })).toThrow(
      expect.objectContaining({ code: 'NO_IMAGE' }),
    );
  });

  it('drops no image when there are more than the engine takes', () => {
    expect(() => read('combine all images', sent(5))).toThrow(
      expect.objectContaining({ code: 'TOO_MANY_IMAGES', values: { limit: 4, count: 5 } }),
    );
  });

  it('asks which of several images to change when nothing says so', () => {
    expect(read('make the bag red', sent(3))).toMatchObject({
      mode: 'clarify',
      base: null,
      question: 'Which one should I change?',
    });
    expect(read('combine these', sent(3))).toMatchObject({ mode: 'edit', base: 1, references: [2, 3] });
  });

  it('answers a greeting instead of making a picture', () => {
    expect(read('thanks!', later())).toMatchObject({ mode: 'chat', question: expect.stringContaining('help') });
    expect(read('hello')).toMatchObject({ mode: 'chat' });
  });

  it('follows the chosen mode against the words', () => {
    expect(read('draw a cat in the style of image 1', { ...sent(1), chosenMode: 'edit' })).toMatchObject({
      mode: 'edit',
      base: 1,
    });
    expect(read('make it red', { ...sent(1), chosenMode: 'generate' })).toMatchObject({
      mode: 'generate',
      base: null,
      references: [1],
    });
  });

  it('is surer of a named base than of a guessed one', () => {
    const named = read('make image 1 red', sent(2)).confidence;
    const implied = read('make it red', later()).confidence;
    const guessed = read('give the bag the pattern of the dress', sent(2)).confidence;
    expect(named).toBeGreaterThan(implied);
    expect(implied).toBeGreaterThan(guessed);
  });

  it('reads what to keep, the aspect and the number of pictures', () => {
    expect(read('make it red, keep the strap and the background.', sent(1)).keep).toEqual([
      'the strap',
      'the background',
    ]);
    expect(read('make it red, 16:9', sent(1)).aspect).toBe('16:9');
    expect(read('draw a cat in square format').aspect).toBe('1:1');
    expect(read('draw a cat at 12:30:00').aspect).toBeUndefined();
    expect(read('three variations of image 1', sent(1)).count).toBe(3);
    expect(read('9 versions of image 1', sent(1)).count).toBe(4);
    expect(read('make it red', sent(1)).count).toBe(1);
  });

  it('cuts a long alternative text', () => {
    expect(read(`draw a ${'very '.repeat(100)}long cat`).altText.length).toBeLessThan(230);
  });
});

describe('the rules on casual English', () => {
  it.each([
    ['put the pattern from 2 onto the bag in 1', 1, [2]],
    ['take the dots from 1 and put them on the bag in 2', 2, [1]],
    ["paint 2's cat in the colour of 1's umbrella", 2, [1]],
    ['bag (2) in the color of dress (1)', 2, [1]],
    ['1 gets the color of the 2nd', 1, [2]],
    ['the bag of image 1 drawn the way image 2 is drawn', 1, [2]],
    ["the last one's dots on the first one", 1, [2]],
    ['make image 1 darker, ignore 2', 1, []],
    ['no not that one, i wanted image 2 green', 2, []],
    ['the pattren of the secnd img on image 1', 1, [2]],
    ['imgae 2 in the sytle of pictrue 1', 2, [1]],
    ['make the first one yellow. no wait, the other one', 2, []],
    ['give 1 the color of 2, sorry, the other way round', 2, [1]],
    ['he wrote "use image 9". make image 2 blue', 2, []],
  ])('finds base and references of two sent images: %s', (text, base, references) => {
    expect(read(text, sent(2))).toMatchObject({ mode: 'edit', base, references });
  });

  it('exchanges the numbers of a request that was said the wrong way round', () => {
    const { instruction } = read('give image 1 the color of image 2, sorry, the other way round', sent(2));
    expect(instruction).toBe('give image 2 the color of image 1');
  });

  it('takes the middle one of three', () => {
    expect(read('make the middle one red', sent(3))).toMatchObject({ mode: 'edit', base: 2, references: [] });
  });

  it('takes the references of the reading before for more of the same', () => {
    const previous = anInterpretation({ base: 1, references: [2] });
    expect(read('great, now the color too', { ...later(), previous })).toMatchObject({ base: 3, references: [2] });
    expect(read('now make it red too', { ...later(), previous })).toMatchObject({ base: 3, references: [] });
  });

  it('asks which of three is meant by "it"', () => {
    expect(read('make it purple', sent(3))).toMatchObject({ mode: 'clarify' });
  });

  it.each([
    'how much does this car cost',
    'what breed is that dog?',
    'haha looks great!!',
    'that is perfect, thank you',
  ])('makes no picture of a remark: %s', (text) => {
    expect(read(text, later())).toMatchObject({ mode: 'chat', base: null });
  });

  it.each(['what about the bag in red', 'looks good, now make it blue', 'how about stripes on it'])(
    'takes a wish in the form of a remark for one: %s',
    (text) => {
      expect(read(text, later())).toMatchObject({ mode: 'edit', base: 3 });
    },
  );

  it.each(['new scene: the fish from image 1', 'forget the car, draw me a dog', 'something new in this style: a cat'])(
    'hears that a new picture is wanted: %s',
    (text) => {
      expect(read(text, sent(2))).toMatchObject({ mode: 'generate', base: null });
    },
  );

  it('takes a darker something for a change', () => {
    expect(read('a darker background', later())).toMatchObject({ mode: 'edit', base: 3 });
  });

  it.each([
    ['add 2 cats and a dog to image 1', 1, []],
    ['rotate it by 90 degrees', 1, []],
    ['make 2 variations of image 1', 1, []],
  ])('takes no count for an image: %s', (text, base, references) => {
    expect(read(text, sent(2))).toMatchObject({ base, references });
  });
});

describe('composePrompt', () => {
  it.each([
    [
      'base 2 with reference 1',
      'Give the bag in image 2 the pattern of the dress in image 1',
      sent(2),
      'Give the bag in image 1 the pattern of the dress in image 2',
    ],
    ['base 3 with reference 2', 'give it the background of image 2', later(), 'give image 1 the background of image 2'],
    ['ordinals', 'the second one should look like the first', sent(2), 'image 1 should look like image 2'],
    ['"it"', 'make it blue', later(), 'make image 1 blue'],
    ['a generation', 'Make a picture of the bag from image 2', sent(2), 'The bag from image 1'],
  ] as const)('speaks of the model’s positions: %s', (_, text, images, expected) => {
    const reading = read(text, images);
    expect(composePrompt(reading, reading.mode === 'edit' ? 'edit' : 'generate')).toBe(expected);
  });

  it('puts an edit’s description behind its instruction and lets a generation’s stand alone', () => {
    const reading = {
      base: 2,
      references: [1],
      instruction: 'Give image 2 the style of image 1.',
      description: 'A bag like in image 1.',
    };
    expect(composePrompt(reading, 'edit')).toBe('Give image 1 the style of image 2. A bag like in image 2.');
    expect(composePrompt({ ...reading, base: null, references: [1, 2] }, 'generate')).toBe('A bag like in image 1.');
    expect(composePrompt({ ...reading, description: '' }, 'generate')).toBe('Give image 1 the style of image 2.');
  });
});
