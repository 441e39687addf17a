import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pictureToPixels, pixelsToPicture } from '../../../../inference/image/pixels.ts';

describe('pictureToPixels', () => {
  it('gives planes of -1 to 1', () => {
    const pixels = pictureToPixels({ width: 2, height: 1, data: Uint8Array.of(0, 255, 51, 102, 0, 204) });
    const expected = [-1, -0.2, 1, -1, -0.6, 0.6];
    for (const [index, value] of expected.entries()) expect(pixels[index]).toBeCloseTo(value, 6);
  });

  it('is undone by pixelsToPicture', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 12, maxLength: 12 }), (data) => {
        const picture = { width: 2, height: 2, data };
        expect(pixelsToPicture(pictureToPixels(picture), 2, 2)).toEqual(picture);
      }),
    );
  });
});

describe('pixelsToPicture', () => {
  it('clamps to bytes and rounds to the nearest', () => {
    const pixels = Float32Array.of(-1.2, 1.5, 0, 0.999, -0.998, 0.2);
    expect([...pixelsToPicture(pixels, 2, 1).data]).toEqual([0, 128, 0, 255, 255, 153]);
  });
});
