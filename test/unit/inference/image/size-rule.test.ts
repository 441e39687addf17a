import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitIntoFrame } from '../../../../inference/image/pad.ts';
import { cropPicture, cropToMultiple, type Picture } from '../../../../inference/image/picture.ts';
import {
  defaultSize,
  fitInput,
  KONTEXT_RESOLUTIONS,
  outputSize,
  type SizeRule,
} from '../../../../inference/image/size-rule.ts';

const KONTEXT: SizeRule = { rule: 'kontext', multiple: 16 };
const NATIVE: SizeRule = {
  rule: 'native',
  multiple: 32,
  native: [
    { width: 128, height: 128 },
    { width: 160, height: 96 },
  ],
};

/** Columns of red from 0 to 255, rows of green from 0 to 255. */
function gradient(width: number, height: number): Picture {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      data.set([(x * 255) / Math.max(width - 1, 1), (y * 255) / Math.max(height - 1, 1), 7], (y * width + x) * 3);
    }
  }
  return { width, height, data };
}

const at = ({ data, width }: Picture, x: number, y: number) =>
  Array.from(data.slice((y * width + x) * 3, (y * width + x) * 3 + 3));

describe('the kontext rule', () => {
  it('lists 17 resolutions from the narrowest to the widest', () => {
    expect(KONTEXT_RESOLUTIONS).toHaveLength(17);
    const aspects = KONTEXT_RESOLUTIONS.map(({ width, height }) => width / height);
    expect(aspects).toEqual(aspects.toSorted((a, b) => a - b));
    expect(KONTEXT_RESOLUTIONS[9]).toEqual({ width: 1104, height: 944 });
  });

  it.each([
    [40, 30, 1184, 880],
    [30, 30, 1024, 1024],
    [30, 45, 832, 1248],
    [10, 90, 672, 1568],
  ])('stretches %d x %d to %d x %d', async (width, height, toWidth, toHeight) => {
    const fitted = await fitInput(gradient(width, height), KONTEXT);
    expect(fitted.picture).toMatchObject({ width: toWidth, height: toHeight });
    expect(fitted.region).toEqual({ left: 0, top: 0, width: toWidth, height: toHeight });
  });

  // The four ratios whose output differs from the reference, and one that does not.
  it.each([
    [672, 1568, 656, 1552],
    [800, 1328, 784, 1312],
    [1328, 800, 1312, 784],
    [1568, 672, 1552, 656],
    [944, 1104, 944, 1104],
  ])('makes for %d x %d an output of %d x %d', (width, height, toWidth, toHeight) => {
    expect(outputSize(KONTEXT, width / height)).toEqual({ width: toWidth, height: toHeight });
  });
});

describe('the native rule', () => {
  it('picks the listed size with the nearest aspect', () => {
    expect(outputSize(NATIVE, 1)).toEqual({ width: 128, height: 128 });
    expect(outputSize(NATIVE, 2)).toEqual({ width: 160, height: 96 });
    expect(defaultSize(NATIVE)).toEqual({ width: 128, height: 128 });
  });

  it('pads each side with the mean colour of the edge it continues', async () => {
    const { picture, region } = await fitIntoFrame(gradient(64, 32), { width: 64, height: 64 });
    expect(region).toEqual({ left: 0, top: 16, width: 64, height: 32 });
    expect(at(picture, 0, 0)).toEqual([127, 0, 7]);
    expect(at(picture, 63, 15)).toEqual([127, 0, 7]);
    expect(at(picture, 5, 48)).toEqual([127, 255, 7]);
    expect(at(picture, 63, 16)[0]).toBe(255);
  });

  it('pads left and right of a tall picture', async () => {
    const { picture, region } = await fitIntoFrame(gradient(16, 64), { width: 64, height: 64 });
    expect(region).toEqual({ left: 24, top: 0, width: 16, height: 64 });
    expect(at(picture, 0, 40)).toEqual([0, 127, 7]);
    expect(at(picture, 63, 2)).toEqual([255, 127, 7]);
  });

  it('leaves a picture of the native size as it is', async () => {
    const base = gradient(128, 128);
    expect((await fitInput(base, NATIVE)).picture).toBe(base);
  });

  it('keeps the aspect to a pixel and stays inside the frame, whatever the picture', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 300 }), async (width, height) => {
        const { picture, region } = await fitInput(gradient(width, height), NATIVE);
        const scale = Math.min(picture.width / width, picture.height / height);
        expect(Math.abs(region.width - Math.max(1, width * scale))).toBeLessThanOrEqual(0.5);
        expect(Math.abs(region.height - Math.max(1, height * scale))).toBeLessThanOrEqual(0.5);
        expect(cropPicture(picture, region)).toMatchObject({ width: region.width, height: region.height });
      }),
      { numRuns: 40 },
    );
  });
});

describe('cropToMultiple', () => {
  it('takes the top left corner', () => {
    const picture = gradient(21, 19);
    const cropped = cropToMultiple(picture, 8);
    expect(cropped).toMatchObject({ width: 16, height: 16 });
    expect(at(cropped, 15, 3)).toEqual(at(picture, 15, 3));
  });

  it('refuses a picture smaller than one multiple', () => {
    expect(() => cropToMultiple(gradient(21, 7), 8)).toThrow(expect.objectContaining({ code: 'INPUT_INVALID' }));
  });
});

describe('cropPicture', () => {
  it('refuses a box that leaves the picture', () => {
    expect(() => cropPicture(gradient(4, 4), { left: 2, top: 0, width: 3, height: 1 })).toThrow(
      expect.objectContaining({ code: 'SHAPE_MISMATCH' }),
    );
  });
});
