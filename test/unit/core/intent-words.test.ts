import { describe, expect, it } from 'vitest';
import { readWord } from '../../../core/intent-words.ts';

const context = { numbers: [1, 2, 3], attached: [], current: 3, parent: 1 };

describe('readWord', () => {
  it.each([
    ['undo', { kind: 'undo' }],
    ['Undo that.', { kind: 'undo' }],
    ['go back', { kind: 'undo' }],
    ['undo to image 2', { kind: 'undo', to: 2 }],
    ['back to 1', { kind: 'undo', to: 1 }],
    ['go back to the original!', { kind: 'undo', to: 1 }],
    ['revert to the second one', { kind: 'undo', to: 2 }],
    ['again', { kind: 'again' }],
    ['try again please', { kind: 'again' }],
    ['more', { kind: 'again' }],
    ['another one', { kind: 'again' }],
    ['cancel', { kind: 'cancel' }],
    ['STOP!', { kind: 'cancel' }],
    ['wait, no', { kind: 'cancel' }],
    ['never mind', { kind: 'cancel' }],
    ['help', { kind: 'help' }],
    ['?', { kind: 'help' }],
    ['What can you do?', { kind: 'help' }],
    ['details', { kind: 'details' }],
    ['swap', { kind: 'swap' }],
    ['swap the two images', { kind: 'swap' }],
    ['swap 1 and 2', { kind: 'swap', images: [1, 2] }],
    ['use image 2 as base', { kind: 'base', base: 2 }],
    ['Use the second picture as the base, please', { kind: 'base', base: 2 }],
    ['no, image 1', { kind: 'base', base: 1 }],
    ['I meant the first one', { kind: 'base', base: 1 }],
    ['no, 2', { kind: 'base', base: 2 }],
    ['use image 9 as base', { kind: 'base', base: 9 }],
    ['use image 3 as the base', { kind: 'base', base: 3 }],
    ['use image 3 as reference', { kind: 'references', references: [3] }],
    ['use images 1 and 3 as references instead', { kind: 'references', references: [1, 3] }],
    ['no, use image 1 and image 2 as the references', { kind: 'references', references: [1, 2] }],
    ['use 2, 3 as references', { kind: 'references', references: [2, 3] }],
  ])('reads %s', (text, word) => {
    expect(readWord(text, context, false)).toEqual(word);
  });

  it.each([
    'undo the red color',
    'stop the car in image 1',
    'cancel the noise',
    'more contrast',
    'help me make it red',
    'swap the bag for a cup',
    'go back to the colors of yesterday',
    'use image 2 as reference for the hat',
    'no, it',
    'no, images 1 and 2',
    'no background',
    'image 2',
    '2',
  ])('takes %s for a request', (text) => {
    expect(readWord(text, context, false)).toBeUndefined();
  });

  it.each([
    ['image 2', 2],
    ['2', 2],
    ['the second one', 2],
    ['second one', 2],
    ['#1', 1],
  ])('takes a bare %s for the answer to a question', (text, base) => {
    expect(readWord(text, context, true)).toEqual({ kind: 'base', base });
  });
});
