import { describe, expect, test } from 'vitest';
import { decodeBfloat16, decodeFloat16 } from '../../../../inference/onnx/half-precision.ts';

describe('decodeFloat16', () => {
  test('decodes ordinary, subnormal, extreme and special values', () => {
    const bits = Uint16Array.of(0x3c00, 0xc000, 0x3555, 0x0001, 0x03ff, 0x0400, 0x7bff, 0x8000, 0x7c00, 0xfc00, 0x7e00);
    expect([...decodeFloat16(bits)]).toEqual([
      1,
      -2,
      0.333251953125,
      2 ** -24,
      1023 * 2 ** -24,
      2 ** -14,
      65504,
      -0,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      Number.NaN,
    ]);
  });
});

describe('decodeBfloat16', () => {
  test('is the upper half of a float32', () => {
    const values = Float32Array.of(1, -2.5, 0, 3.140625, 2 ** -126, Number.POSITIVE_INFINITY);
    const words = new Uint32Array(values.buffer);
    expect([...decodeBfloat16(Uint16Array.from(words, (word) => word >>> 16))]).toEqual([...values]);
  });
});
