import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findMentions, type MentionContext, resolveMentions, toModelPositions } from '../../../core/mentions.ts';

const twoSent: MentionContext = { numbers: [1, 2], attached: [1, 2], current: null, parent: null };
/** The first of three attachments could not be opened. */
const withBroken: MentionContext = {
  numbers: [1, 2, 3],
  attached: [2, 3],
  brought: [1, 2, 3],
  current: null,
  parent: null,
};
const afterResult: MentionContext = { numbers: [1, 2, 3], attached: [], current: 3, parent: 1 };
const fiveWithTwoNew: MentionContext = { numbers: [1, 2, 3, 4, 5], attached: [4, 5], current: 3, parent: 1 };

describe('resolveMentions', () => {
  it.each([
    [
      'Give the bag in image 1 the pattern of the dress in picture 2',
      'Give the bag in image 1 the pattern of the dress in image 2',
    ],
    ['put #2 on #1', 'put image 2 on image 1'],
    ['pic1 like img2', 'image 1 like image 2'],
    ['Picture two in the style of photo number one', 'Image 2 in the style of image 1'],
    ['the second one should look like the first', 'image 2 should look like image 1'],
    ['The 1st image with the 2nd picture', 'Image 1 with image 2'],
    ['merge the first and the second image', 'merge image 1 and image 2'],
    ['merge the first and second images', 'merge image 1 and image 2'],
    ['combine image 1 and 2', 'combine image 1 and image 2'],
    ['combine images 1, 2', 'combine image 1 and image 2'],
    ['take both pictures', 'take image 1 and image 2'],
    ['combine all of them', 'combine image 1 and image 2'],
    ['mix these two photos', 'mix image 1 and image 2'],
    ['attachment 2 like the first attachment', 'image 2 like image 1'],
    ['the bag of image 1 on the other one', 'the bag of image 1 on image 2'],
    ["use image 2's pattern", "use image 2's pattern"],
    ['Make it red', 'Make image 1 red'],
    ['turn this into a drawing', 'turn image 1 into a drawing'],
    ['the last one, but darker', 'image 2, but darker'],
  ])('says every mention as image k: %s', (text, expected) => {
    expect(resolveMentions(text, twoSent)).toBe(expected);
  });

  it.each([
    ['make it blue', 'make image 3 blue'],
    ["it's too dark", "image 3's too dark"],
    ['give that the look of image 1', 'give image 3 the look of image 1'],
    ['the result on a red background', 'image 3 on a red background'],
    ['go on with the last image', 'go on with image 3'],
    ['make the previous one darker', 'make image 1 darker'],
    ['like the original', 'like image 1'],
    ['Add the hat from image 2 to it', 'Add the hat from image 2 to image 3'],
    ['draw a moon on it', 'draw a moon on image 3'],
    ['is it possible to brighten it?', 'is it possible to brighten image 3?'],
    ['images 1-3 in one', 'image 1, image 2 and image 3 in one'],
    ['images 1 to 3 together', 'image 1, image 2 and image 3 together'],
  ])('takes "it", "the last one" and "the original" for what they are after a result: %s', (text, expected) => {
    expect(resolveMentions(text, afterResult)).toBe(expected);
  });

  it.each([
    'reimage the imagery and the picture-perfect photos',
    'a 16:9 image 16:9',
    'a picture of 2 dogs',
    'make this bag red',
    'a cat that sits',
    'colour #222 and #a1b2c3',
    'keep the original colors',
    'the second half of the day',
    'Replace the cup with a bowl and make it red',
    'take the bag, put a flower on it',
    'image 2nd',
  ])('leaves words alone that mention no image: %s', (text) => {
    expect(resolveMentions(text, twoSent)).toBe(text);
  });

  it.each([
    ['Make image 1 look like image 2', 'Make image 4 look like image 5'],
    ['Make the first image look like the second image', 'Make image 4 look like image 5'],
    ['Make image 1 from earlier look like attachment 2', 'Make image 1 from earlier look like image 5'],
    ['Give the first image the look of image 3', 'Give image 1 the look of image 3'],
    ['Make image 3 look like image 4', 'Make image 3 look like image 4'],
    ['merge the attached images', 'merge the attached images'],
    ['paste my attachment', 'paste image 4 and image 5'],
  ])('counts a message’s own two attachments unless it says which: %s', (text, expected) => {
    expect(resolveMentions(text, fiveWithTwoNew)).toBe(expected);
  });

  it('counts attachments that could not be opened', () => {
    expect(resolveMentions('make attachment 3 like attachment 2', withBroken)).toBe('make image 3 like image 2');
  });

  it('takes "it" for a single new attachment, but for the result beside another picture', () => {
    const oneNew: MentionContext = { numbers: [1, 2, 3, 4], attached: [4], current: 3, parent: 1 };
    expect(resolveMentions('make it red', oneNew)).toBe('make image 4 red');
    expect(resolveMentions('make it look like this', oneNew)).toBe('make image 3 look like image 4');
    expect(resolveMentions('give it this pattern', oneNew)).toBe('give image 3 this pattern');
  });

  it('finds nothing in a conversation without images', () => {
    expect(
      findMentions('make it like the last one, the original and both images', {
        numbers: [],
        attached: [],
        current: null,
        parent: null,
      }),
    ).toEqual([]);
  });

  it('still reports a number that does not exist', () => {
    expect(findMentions('make image 9 and attachment 3 red', twoSent).map((mention) => mention.numbers)).toEqual([
      [9],
      [3],
    ]);
  });

  it('leaves "the other one" open when it could be several', () => {
    expect(
      resolveMentions('image 1 on the other one', { numbers: [1, 2, 3], attached: [], current: null, parent: null }),
    ).toBe('image 1 on the other one');
  });

  it('keeps every word outside the mentions', () => {
    const word = fc.constantFrom(
      'red',
      'bag',
      'Image 1',
      'the second picture',
      '#2',
      'and',
      'look',
      'images 1 and 2',
      'it',
      '🎨',
      'ünï',
      ',',
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 12 }), (words) => {
        const text = words.join(' ');
        const mentions = findMentions(text, twoSent);
        const starts = [0, ...mentions.map(({ end }) => end)];
        const outside = starts.map((start, index) => text.slice(start, mentions[index]?.start ?? text.length));
        const name = '[Ii]mage \\d+(?:(?:, | and )image \\d+)*';
        const pattern = outside.map((part) => part.replace(/[#,]/g, '\\$&')).join(name);
        expect(resolveMentions(text, twoSent)).toMatch(new RegExp(`^${pattern}$`));
      }),
    );
  });

  it('reads 4,000 hostile characters in a moment', () => {
    const texts = [
      'image 1, ',
      'it ',
      'put ',
      'the the ',
      'this ',
      'put on in to ',
      'the first and ',
      'images 1, 2, ',
      '#',
    ].map((part) => part.repeat(4000 / part.length));
    const started = performance.now();
    for (const text of texts) resolveMentions(text, afterResult);
    expect(performance.now() - started).toBeLessThan(2000);
  });
});

describe('toModelPositions', () => {
  it.each([
    [
      'Give the bag in image 2 the pattern of the dress in image 1',
      [2, 1],
      'Give the bag in image 1 the pattern of the dress in image 2',
    ],
    ['Give image 3 the style of image 2', [3, 2], 'Give image 1 the style of image 2'],
    ['Make image 5 red', [5], 'Make image 1 red'],
    ['The dog of image 4 with picture 7 and #2', [2, 4, 7], 'The dog of image 2 with image 3 and image 1'],
    ['images 1 and 3', [3, 1], 'image 2 and image 1'],
    ['Image 12 like image 1', [12, 1], 'Image 1 like image 2'],
  ])('rewrites people’s numbers to positions: %s', (text, inputs, expected) => {
    expect(toModelPositions(text, inputs)).toBe(expected);
  });

  it('takes the number from a mention that is no input any more', () => {
    expect(toModelPositions('Add image 3 to image 1', [1])).toBe('Add the picture to image 1');
    expect(toModelPositions('images 1 and 3 together', [1])).toBe('image 1 together');
  });

  it('gives every input its own position, whatever the numbers are', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 99 }), { minLength: 1, maxLength: 8 }), (inputs) => {
        const text = inputs.map((number) => `image ${number}`).join(' with ');
        expect(toModelPositions(text, inputs)).toBe(inputs.map((_, index) => `image ${index + 1}`).join(' with '));
      }),
    );
  });
});
