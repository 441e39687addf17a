import { describe, expect, it } from 'vitest';
import { interpretationSchema } from '../../../core/domain.ts';
import { problemsOf, toInterpretation } from '../../../core/interpreters/check-answer.ts';
import { parseAnswer } from '../../../core/interpreters/parse-answer.ts';
import type { InterpreterRequest } from '../../../core/ports.ts';
import { anImage } from '../../support/builders/conversation.ts';
import { englishTexts } from '../../support/easel-in-memory.ts';

const REQUEST: InterpreterRequest = {
  text: 'the bag please',
  images: [anImage(1), anImage(2), anImage(4, { kind: 'result' })],
  attached: [],
  current: 4,
  maxImages: 3,
};

function answer(changes: object) {
  const text = JSON.stringify({
    ...{ mode: 'edit', base: 4, references: [1], instruction: 'Give image 4 the style of image 1.' },
    ...changes,
  });
  const reading = parseAnswer(text);
  if (reading.kind === 'unusable') throw new Error(reading.problems.join());
  return reading.answer;
}

describe('a number in the sentences of a model', () => {
  it('is no image where it stands alone', () => {
    const { instruction } = toInterpretation(
      answer({ instruction: 'Give image 4 the style of image 1 and cut it in 2.' }),
      REQUEST,
      englishTexts,
    );
    expect(instruction).toBe('Give image 4 the style of image 1 and cut it in 2.');
  });
});

describe('an answer that refuses', () => {
  it('needs to say nothing else, and nothing is made of it', () => {
    for (const refusal of [
      { policy: 'refuse', category: 'minors' },
      { policy: 'Refused.', category: 'minors', mode: 'edit', base: 9, instruction: '' },
    ]) {
      const reading = parseAnswer(JSON.stringify(refusal));
      if (reading.kind === 'unusable') throw new Error(reading.problems.join());
      expect(problemsOf(reading.answer, REQUEST)).toEqual([]);
      const interpretation = toInterpretation(reading.answer, REQUEST, englishTexts);
      expect(interpretationSchema.parse(interpretation)).toMatchObject({
        mode: 'chat',
        policy: { verdict: 'refuse', category: 'minors' },
      });
    }
  });

  it('may leave its reason open; any other word is no refusal', () => {
    expect(answer({ policy: 'refuse', category: 'rude' })).toMatchObject({ policy: 'refuse', category: 'other' });
    expect(answer({ policy: 'ok', category: null })).toMatchObject({ policy: 'ok' });
    expect(answer({ policy: 7 })).toMatchObject({ policy: 'ok' });
    expect(toInterpretation(answer({}), REQUEST, englishTexts).policy).toBeUndefined();
  });
});

describe('holding an answer against its request', () => {
  it('finds nothing wrong with one that fits', () => {
    expect(problemsOf(answer({}), REQUEST)).toEqual([]);
  });

  it.each([
    [
      'an image that is not there',
      { references: [3] },
      ['there is no image 3', 'the text names image 1, which is neither base nor reference'],
    ],
    [
      'an edit of nothing',
      { base: null },
      ['mode edit needs a base', 'the text names image 4, which is neither base nor reference'],
    ],
    [
      'a generation with a base',
      { mode: 'generate' },
      ['mode generate has no base: the image belongs to the references'],
    ],
    ['one image in two places', { references: [1, 4] }, ['image 4 is base and reference at once']],
    [
      'a sentence about another image',
      { instruction: 'Give image 4 the style of image 2.' },
      ['the text names image 2, which is neither base nor reference'],
    ],
    ['no sentence', { instruction: ' ' }, ['the instruction is empty']],
    ['a question that is not asked', { mode: 'clarify' }, ['mode clarify needs a question']],
  ])('tells the model about %s', (_, changes, problems) => {
    expect(problemsOf(answer(changes), REQUEST)).toEqual(problems);
  });

  it('does not let the model choose another mode than the person', () => {
    const request = { ...REQUEST, chosenMode: 'generate' } as const;
    expect(problemsOf(answer({}), request)).toEqual(['the person chose mode generate']);
    expect(problemsOf(answer({ mode: 'chat', question: 'Hm?' }), request)).toEqual(['the person chose mode generate']);
  });

  it('writes every mention as image k, and "it" as what is changed', () => {
    const reading = toInterpretation(
      answer({ instruction: 'Make it look like the first image.' }),
      REQUEST,
      englishTexts,
    );
    expect(reading.instruction).toBe('Make image 4 look like image 1.');
    expect(interpretationSchema.parse(reading)).toEqual(reading);
  });

  it('leaves "it" in a new picture alone', () => {
    const description = 'Night. It rains on the bag from image 1.';
    const made = answer({ mode: 'generate', base: null, instruction: 'Draw it.', description });
    expect(problemsOf(made, REQUEST)).toEqual([]);
    expect(toInterpretation(made, REQUEST, englishTexts)).toMatchObject({ instruction: 'Draw it.', description });
  });

  it('drops no image where the engine takes fewer', () => {
    const tooMany = () => toInterpretation(answer({ references: [1, 2] }), { ...REQUEST, maxImages: 2 }, englishTexts);
    expect(tooMany).toThrow(expect.objectContaining({ code: 'TOO_MANY_IMAGES', values: { limit: 2, count: 3 } }));
  });

  it('keeps the question of a model that asks or answers', () => {
    const asks = answer({ mode: 'clarify', question: 'Which bag?' });
    const reading = toInterpretation(asks, REQUEST, englishTexts);
    expect(interpretationSchema.parse(reading)).toEqual(reading);
    expect(reading).toMatchObject({ mode: 'clarify', base: null, references: [], question: 'Which bag?' });
  });
});
