import { describe, expect, test } from 'vitest';
import { relativeBuckets } from '../../../../inference/models/t5-relative-buckets.ts';

describe('relativeBuckets', () => {
  const buckets = relativeBuckets({ buckets: 32, maxDistance: 128 });
  const bucketOf = (distance: number) => buckets[distance + 128];

  // Measured on transformers' T5: the first distance of every bucket to the right.
  const starts: readonly (readonly [number, number])[] = [
    [1, 17],
    [7, 23],
    [8, 24],
    [12, 25],
    [16, 26],
    [23, 27],
    [32, 28],
    [46, 29],
    [64, 30],
    [91, 31],
    [128, 31],
  ];

  test.each(starts)('distance %i to the right is in bucket %i', (distance, bucket) => {
    expect(bucketOf(distance)).toBe(bucket);
    expect(bucketOf(-distance)).toBe(bucket - 16);
  });

  test('a bucket ends right before the next one starts', () => {
    for (const [distance, bucket] of starts.slice(2, -1)) expect(bucketOf(distance - 1)).toBe(bucket - 1);
  });

  test('the token itself is in bucket 0', () => {
    expect(bucketOf(0)).toBe(0);
  });
});
