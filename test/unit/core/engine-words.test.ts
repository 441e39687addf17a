import { describe, expect, it } from 'vitest';
import { readEngineWords } from '../../../core/engine-words.ts';

const settings = {
  engine: { id: 'local', maxImages: 5 },
  engines: {
    others: ['openai-images', 'gemini', 'sd-cpp', 'klein-4b', 'klein-9b'].map((id) => ({ id, maxImages: 4 })),
  },
};
const read = (text: string) => readEngineWords(text, settings);

describe('readEngineWords', () => {
  it.each([
    ['make it red with gemini', 'gemini', 'make it red'],
    ['Make it red, using Gemini.', 'gemini', 'Make it red'],
    ['draw a cat via the gemini model please', 'gemini', 'draw a cat'],
    ['draw a cat. Use the local engine!', 'local', 'draw a cat.'],
    ['draw a cat (with openai-images)', 'openai-images', 'draw a cat'],
    ['draw a cat with openai images', 'openai-images', 'draw a cat'],
    ['draw a cat with openai instead', 'openai-images', 'draw a cat'],
    ['draw a cat\nwith klein-9b', 'klein-9b', 'draw a cat'],
    ['again with gemini', 'gemini', 'again'],
    ['image 2, with gemini', 'gemini', 'image 2'],
  ])('takes the choice off "%s"', (text, engine, rest) => {
    expect(read(text)).toEqual({ engine, text: rest, isAll: false });
  });

  it.each([
    'with gemini',
    'make it with gemini',
    'Now try that again using gemini',
    'the same with gemini',
    'use gemini',
  ])('reads "%s" as the last request once more', (text) => {
    expect(read(text)).toMatchObject({ engine: 'gemini', isAll: true });
  });

  it.each([
    'make it red with flux',
    'draw a gemini',
    'draw twins like gemini',
    'make it with gemini stars around it',
    'without gemini',
    'draw a cat with sd',
    'draw a cat with klein',
    'with',
    '',
  ])('leaves "%s" as it is', (text) => {
    expect(read(text)).toBeUndefined();
  });

  it('does not take long on a long text of nearly the right words', () => {
    const started = performance.now();
    expect(read('with the '.repeat(440))).toBeUndefined();
    expect(performance.now() - started).toBeLessThan(1000);
  });
});
