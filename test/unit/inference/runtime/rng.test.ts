import { describe, expect, it } from 'vitest';
import { normalValues, philox4x32 } from '../../../../inference/runtime/rng.ts';

const hex = (words: readonly number[]) => words.map((word) => word.toString(16).padStart(8, '0'));

describe('philox4x32', () => {
  // Known-answer vectors of Random123 1.14 (kat_vectors, philox4x32 10).
  it('gives the words of the reference for three counters and keys', () => {
    expect(hex(philox4x32([0, 0, 0, 0], [0, 0]))).toEqual(['6627e8d5', 'e169c58d', 'bc57ac4c', '9b00dbd8']);
    const ones = 0xffffffff;
    expect(hex(philox4x32([ones, ones, ones, ones], [ones, ones]))).toEqual([
      '408f276d',
      '41c83b0e',
      'a20bc7c6',
      '6d5451fd',
    ]);
    expect(hex(philox4x32([0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], [0xa4093822, 0x299f31d0]))).toEqual([
      'd16cfe09',
      '94fdcceb',
      '5001e420',
      '24126ea1',
    ]);
  });
});

describe('normalValues', () => {
  // Computed by an independent implementation in Python with integer arithmetic.
  it.each([
    [0, [0.9911376790966604, -0.9246625882436951, -0.6176089596525953, -0.4820685869111552, -0.15363822983887293]],
    [
      2 ** 40 + 7,
      [1.7203488416072863, -0.4790500931852025, -1.859153966246169, -1.6588634347697615, -1.3888454134048265],
    ],
  ])('begins with the reference values for seed %d', (seed, expected) => {
    const values = normalValues(seed, expected.length);
    for (const [index, value] of expected.entries()) expect(values[index]).toBeCloseTo(value, 6);
  });

  it('gives a value that depends on seed and index only', () => {
    const long = normalValues(5, 1001);
    expect(normalValues(5, 10)).toEqual(long.slice(0, 10));
    expect(normalValues(6, 10)).not.toEqual(long.slice(0, 10));
  });

  it('has mean 0, variance 1 and no repetition', () => {
    const values = normalValues(1, 100_000);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    // Five standard errors.
    expect(Math.abs(mean)).toBeLessThan(5 / Math.sqrt(values.length));
    expect(Math.abs(variance - 1)).toBeLessThan(5 * Math.sqrt(2 / values.length));
    expect(new Set(values).size).toBeGreaterThan(99_000);
  });
});
