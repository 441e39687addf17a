import { describe, expect, it } from 'vitest';
import { createGreedyChoice } from '../../../../inference/vlm/greedy-choice.ts';

describe('createGreedyChoice', () => {
  it('takes the likeliest token, the first of equals', () => {
    expect(createGreedyChoice([], 1).choose(Float32Array.of(-1, 3, 3, 2))).toBe(1);
  });

  it('makes tokens of the prompt less likely: it divides above zero and multiplies below', () => {
    expect(createGreedyChoice([1], 2).choose(Float32Array.of(1.6, 3, 1))).toBe(0);
    expect(createGreedyChoice([0], 2).choose(Float32Array.of(-1, -1.9, -3))).toBe(1);
  });

  it('remembers what it chose, and counts it once', () => {
    const choice = createGreedyChoice([], 1.5);
    const logits = Float32Array.of(3, 2.1, 1.9);
    expect([choice.choose(logits), choice.choose(logits), choice.choose(logits)]).toEqual([0, 1, 0]);
    expect([choice.choose(logits), choice.choose(logits)]).toEqual([0, 0]);
  });

  it('says so when the network made no numbers', () => {
    expect(() => createGreedyChoice([], 1).choose(Float32Array.of(1, Number.NaN))).toThrow(
      expect.objectContaining({ code: 'NUMERIC_INVALID' }),
    );
  });
});
