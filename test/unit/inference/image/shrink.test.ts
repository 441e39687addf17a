import { randomBytes } from 'node:crypto';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { shrinkImage } from '../../../../inference/index.ts';

const SIDE = 256;
let noise: Buffer;

beforeAll(async () => {
  noise = await sharp(randomBytes(SIDE * SIDE * 3), { raw: { width: SIDE, height: SIDE, channels: 3 } })
    .png()
    .toBuffer();
});

describe('shrinkImage', () => {
  it('keeps every pixel where another encoding is enough', async () => {
    const copy = await shrinkImage(noise, noise.length - 1);
    expect(copy?.contentType).toBe('image/jpeg');
    expect(await sharp(copy?.bytes).metadata()).toMatchObject({ format: 'jpeg', width: SIDE, height: SIDE });
  });

  it.each([40_000, 10_000])('takes fewer pixels for %i bytes, of the same aspect', async (limitBytes) => {
    const copy = await shrinkImage(noise, limitBytes);
    expect(copy?.bytes.length).toBeLessThanOrEqual(limitBytes);
    const { width, height } = await sharp(copy?.bytes).metadata();
    expect(width).toBeLessThan(SIDE);
    expect(width).toBe(height);
  });

  it('has no longer side than it may, even where the bytes would do', async () => {
    const copy = await shrinkImage(await sharp(noise).resize(200, 100).png().toBuffer(), 10_000_000, { maxSidePx: 80 });
    expect(await sharp(copy?.bytes).metadata()).toMatchObject({ width: 80, height: 40 });
  });

  it('has no copy that nobody could see', async () => {
    expect(await shrinkImage(noise, 500)).toBeUndefined();
  });
});
