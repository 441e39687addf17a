import { describe, expect, it } from 'vitest';
import { parseAnswer } from '../../../core/interpreters/parse-answer.ts';

const EDIT = { mode: 'edit', base: 2, references: [1], instruction: 'Make the bag in image 2 red.' };
const json = JSON.stringify(EDIT);

describe('parsing what a chat model answers', () => {
  it.each([
    ['alone', json],
    ['in a fence', `Here you are:\n\`\`\`json\n${json}\n\`\`\``],
    ['in a tag', `<answer>${json}</answer>`],
    ['behind thoughts that hold another object', `<think>{"mode":"chat"} no…</think>${json}`],
    ['behind a draft', `{"mode":"chat","question":"?"}\nNo, better:\n${json}`],
    ['behind a brace that opens nothing', `Use { as bracket. ${json}`],
    ['with braces in a string', JSON.stringify({ ...EDIT, altText: 'a "}" and a {' })],
  ])('finds the object %s', (_, text) => {
    expect(parseAnswer(text)).toMatchObject({ kind: 'parsed', answer: EDIT });
  });

  it('reads numbers however they are written, and lists each once', () => {
    const text = JSON.stringify({ ...EDIT, base: 'image 2', references: ['1', 'Image #1', 3] });
    expect(parseAnswer(text)).toMatchObject({ answer: { base: 2, references: [1, 3] } });
  });

  it('mends what only decorates', () => {
    const text = JSON.stringify({
      ...EDIT,
      keep: 'the strap',
      aspect: 'wide',
      count: 9,
      language: 'English',
      confidence: 'high',
    });
    expect(parseAnswer(text)).toMatchObject({
      answer: { keep: [], aspect: null, count: 4, language: 'en', confidence: 0.5, description: '', question: '' },
    });
  });

  it.each([
    ['no object', 'I would be glad to help!', /no valid JSON object/],
    ['an object that ends early', json.slice(0, -3), /no valid JSON object/],
    ['an unknown mode', JSON.stringify({ ...EDIT, mode: 'paint' }), /^mode: /],
    ['a number in words', JSON.stringify({ ...EDIT, base: 'the second' }), /^base: /],
    ['half a number', JSON.stringify({ ...EDIT, references: [1.5] }), /^references\.0: /],
    ['a flood', `${json}${' '.repeat(50_000)}`, /too long/],
  ])('does not guess at %s', (_, text, problem) => {
    expect(parseAnswer(text)).toEqual({ kind: 'unusable', problems: [expect.stringMatching(problem)] });
  });
});
