import { describe, expect, it } from 'vitest';
import type { Tensors } from '../../../../inference/runtime/session.ts';
import { createKeyValueCache } from '../../../../inference/vlm/key-value-cache.ts';

const SHAPE = { layers: 2, keyHeads: 2, headSize: 3 };

/** Rows whose values say layer, part, token, head and place. */
function rows(first: number, tokens: number): Tensors {
  const row = (base: number) => ({
    shape: [tokens, 6],
    data: Float32Array.from({ length: tokens * 6 }, (_, i) => base + (first + Math.floor(i / 6)) * 10 + (i % 6)),
  });
  return { 'key.0': row(0), 'value.0': row(10_000), 'key.1': row(20_000), 'value.1': row(30_000) };
}

describe('createKeyValueCache', () => {
  it('starts with a past of no tokens', () => {
    const feeds = createKeyValueCache(SHAPE).feeds();
    expect(feeds['past_length']?.data).toEqual(BigInt64Array.of(0n));
    expect(feeds['past_value.1']).toEqual({ shape: [1, 2, 0, 3], data: new Float32Array(0) });
  });

  it('keeps every row of every head where it was while it grows', () => {
    const cache = createKeyValueCache(SHAPE);
    const runs = [1, 63, 1, 200, 1];
    for (const tokens of runs) cache.append(rows(cache.length(), tokens), tokens);
    expect(cache.length()).toBe(266);
    const { past_length: length, 'past_value.0': past } = cache.feeds();
    expect(length?.data).toEqual(BigInt64Array.of(266n));
    const capacity = past?.shape[2] ?? 0;
    expect(capacity).toBeGreaterThanOrEqual(266);
    expect(past?.data).toHaveLength(2 * capacity * 3);
    const read = (head: number, token: number) => Number(past?.data[(head * capacity + token) * 3 + 1]);
    for (const token of [0, 1, 63, 64, 65, 264, 265]) {
      expect([read(0, token), read(1, token)]).toEqual([10_001 + token * 10, 10_004 + token * 10]);
    }
  });
});
