import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Latent, packLatent, pictureIds, unpackLatent } from '../../../../inference/runtime/packing.ts';

const evenLatent: fc.Arbitrary<Latent> = fc
  .record({
    channels: fc.integer({ min: 1, max: 5 }),
    halfHeight: fc.integer({ min: 1, max: 6 }),
    halfWidth: fc.integer({ min: 1, max: 6 }),
  })
  .map(({ channels, halfHeight, halfWidth }) => ({
    channels,
    height: halfHeight * 2,
    width: halfWidth * 2,
    data: Float32Array.from({ length: channels * halfHeight * halfWidth * 4 }, (_, index) => index),
  }));

describe('packLatent', () => {
  it('orders features by channel, then row, then column inside the patch', () => {
    // Channel 0: rows 0 1 2 3 / 4 5 6 7; channel 1 the same plus 100.
    const data = Float32Array.of(0, 1, 2, 3, 4, 5, 6, 7, 100, 101, 102, 103, 104, 105, 106, 107);
    const tokens = packLatent({ channels: 2, height: 2, width: 4, data });
    expect(tokens).toMatchObject({ gridHeight: 1, gridWidth: 2, channels: 8 });
    expect([...tokens.data]).toEqual([0, 1, 4, 5, 100, 101, 104, 105, 2, 3, 6, 7, 102, 103, 106, 107]);
  });

  it('is undone by unpackLatent', () => {
    fc.assert(
      fc.property(evenLatent, (latent) => {
        expect(unpackLatent(packLatent(latent))).toEqual(latent);
      }),
    );
  });

  it('keeps every value exactly once', () => {
    fc.assert(
      fc.property(evenLatent, (latent) => {
        expect(packLatent(latent).data.toSorted()).toEqual(latent.data);
      }),
    );
  });

  it('refuses an odd side', () => {
    expect(() => packLatent({ channels: 1, height: 3, width: 2, data: new Float32Array(6) })).toThrow(
      expect.objectContaining({ code: 'SHAPE_MISMATCH' }),
    );
  });
});

describe('pictureIds', () => {
  const grid = (gridHeight: number, gridWidth: number) => ({ gridHeight, gridWidth });
  const rows = (ids: Float32Array) =>
    Array.from({ length: ids.length / 3 }, (_, row) => Array.from(ids.slice(row * 3, row * 3 + 3)));

  it('numbers references from 1 and shifts each by the widths of those before it, not by the output', () => {
    // 1024 x 1024, then 832 x 1248, then a third: facts of the released pipeline in packed tokens.
    const ids = rows(pictureIds(grid(64, 64), [grid(64, 64), grid(78, 52), grid(2, 2)]));
    expect(ids).toHaveLength(4096 + 4096 + 4056 + 4);
    expect(ids[0]).toEqual([0, 0, 0]);
    expect(ids[4095]).toEqual([0, 63, 63]);
    expect(ids[4096]).toEqual([1, 0, 0]);
    expect(ids[8191]).toEqual([1, 63, 63]);
    expect(ids[8192]).toEqual([2, 0, 64]);
    expect(ids[8192 + 4055]).toEqual([2, 77, 115]);
    expect(ids[8192 + 4056]).toEqual([3, 0, 116]);
  });

  it('stays exact where 16-bit floats would round', () => {
    const wide = rows(pictureIds(grid(1, 98), [grid(1, 98), grid(1, 98), grid(1, 98)]));
    expect(new Set(wide.slice(3 * 98).map(([, , column]) => column)).size).toBe(98);
    expect(wide.at(-1)).toEqual([3, 0, 293]);
  });

  it('gives plain text to image only the output', () => {
    expect(rows(pictureIds(grid(1, 2), []))).toEqual([
      [0, 0, 0],
      [0, 0, 1],
    ]);
  });
});
