import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { decodeImage } from '../../../../inference/image/decode.ts';
import { readSafetensors } from '../../../../inference/onnx/safetensors.ts';
import { processImage, readImageProcessor } from '../../../../inference/vlm/image-processor.ts';
import { resizeBicubic } from '../../../../inference/vlm/resize-bicubic.ts';
import { smartResize } from '../../../../inference/vlm/smart-resize.ts';
import { tinyVlm, vlmFile, vlmImage } from '../../../support/tiny-vlm.ts';

const pair = z.tuple([z.number(), z.number()]);
const { resizes } = z
  .object({
    resizes: z.array(
      z.object({
        size: pair,
        factor: z.number(),
        min_pixels: z.number(),
        max_pixels: z.number(),
        expected: pair,
      }),
    ),
  })
  .parse(JSON.parse(readFileSync(vlmFile('cases/preprocessing.json'), 'utf8')));

const PUBLISHED = { factor: 28, minPixels: 3136, maxPixels: 12_845_056 };

describe('smartResize', () => {
  it.each(resizes)('reads $size between $min_pixels and $max_pixels pixels at $expected', (golden) => {
    const [height, width] = golden.size;
    const { factor, min_pixels: minPixels, max_pixels: maxPixels } = golden;
    const size = smartResize({ width, height }, { factor, minPixels, maxPixels });
    expect([size.height, size.width]).toEqual(golden.expected);
  });

  it('rounds a side in the middle of two multiples to the even one', () => {
    expect(smartResize({ width: 70, height: 98 }, { ...PUBLISHED, minPixels: 1 })).toEqual({ width: 56, height: 112 });
  });

  it('reads a picture of one megapixel at the size that DreamOmni2 does', () => {
    expect(smartResize({ width: 1024, height: 1024 }, PUBLISHED)).toEqual({ width: 1036, height: 1036 });
    expect(smartResize({ width: 944, height: 1104 }, PUBLISHED)).toEqual({ width: 952, height: 1092 });
  });

  it('refuses a picture that is more than 200 times as long as wide', () => {
    expect(smartResize({ width: 2000, height: 10 }, PUBLISHED).height).toBe(28);
    expect(() => smartResize({ width: 2001, height: 10 }, PUBLISHED)).toThrow(
      expect.objectContaining({ code: 'INPUT_INVALID', message: expect.stringContaining('2001 x 10') }),
    );
  });
});

describe('resizeBicubic', () => {
  it.each(
    ['flat', 'nested'].flatMap((model) => ['cup', 'wide', 'small', 'large'].map((name) => [model, name] as const)),
  )('makes the bytes of Pillow: %s %s', async (model, name) => {
    const expected = await decodeImage(readFileSync(vlmFile(`images/resized-${model}/${name}.png`)));
    const resized = resizeBicubic(await decodeImage(vlmImage(`${name}.png`)), expected);
    expect([resized.width, resized.height]).toEqual([expected.width, expected.height]);
    expect(Buffer.compare(resized.data, expected.data)).toBe(0);
  });

  it('keeps one color exactly, whatever the size', () => {
    const data = Uint8Array.from({ length: 7 * 5 * 3 }, (_, index) => [3, 200, 255][index % 3] ?? 0);
    for (const size of [
      { width: 29, height: 3 },
      { width: 2, height: 31 },
    ]) {
      const resized = resizeBicubic({ width: 7, height: 5, data }, size);
      expect([...resized.data].every((value, index) => value === [3, 200, 255][index % 3])).toBe(true);
    }
  });
});

describe('processImage', () => {
  it('cuts the patches of the reference, bit for bit', async () => {
    const expected = readSafetensors(vlmFile('cases/small-patches.safetensors')).tensors.get('patches');
    const patches = processImage(await decodeImage(vlmImage('small.png')), readImageProcessor(tinyVlm('flat')));
    expect([patches.rows, patches.columns]).toEqual([8, 10]);
    expect(expected?.shape).toEqual([80, 96]);
    expect([...patches.data]).toEqual([...(expected?.data ?? [])]);
  });
});

describe('readImageProcessor', () => {
  it('reads limits in pixels, and the edges that newer folders call them', () => {
    expect(readImageProcessor(tinyVlm('flat'))).toMatchObject({ minPixels: 1024, maxPixels: 8192, mergeSize: 2 });
    expect(readImageProcessor(tinyVlm('nested'))).toMatchObject({ minPixels: 900, maxPixels: 9000, mergeSize: 3 });
  });
});
