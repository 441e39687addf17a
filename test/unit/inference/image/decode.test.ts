import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { decodeImage } from '../../../../inference/image/decode.ts';
import { encodePng } from '../../../../inference/image/encode.ts';

const RED = { r: 200, g: 10, b: 20 };

/** 4 x 2: left half red, right half blue. */
function halves() {
  const data = Uint8Array.from({ length: 8 * 3 }, (_, index) => {
    const isLeft = Math.floor(index / 3) % 4 < 2;
    return (isLeft ? [200, 10, 20] : [10, 20, 200])[index % 3] ?? 0;
  });
  return sharp(data, { raw: { width: 4, height: 2, channels: 3 } });
}

const pixel = (data: Uint8Array, index: number) => [...data.subarray(index * 3, index * 3 + 3)];

function expectNear(actual: readonly number[], expected: readonly number[]): void {
  for (const [index, value] of expected.entries()) {
    expect(Math.abs((actual[index] ?? 0) - value)).toBeLessThan(12);
  }
}

describe('decodeImage', () => {
  it.each(['png', 'jpeg', 'webp', 'gif'] as const)('reads %s', async (format) => {
    const bytes = await sharp({ create: { width: 5, height: 3, channels: 3, background: RED } })
      .toFormat(format)
      .toBuffer();
    const picture = await decodeImage(bytes);
    expect(picture).toMatchObject({ width: 5, height: 3 });
    expect(picture.data).toHaveLength(5 * 3 * 3);
    expectNear(pixel(picture.data, 7), [200, 10, 20]);
  });

  it('reads the first frame of a moving picture', async () => {
    const frames = await Promise.all(
      [RED, { r: 0, g: 200, b: 0 }].map((background) =>
        sharp({ create: { width: 4, height: 4, channels: 3, background } })
          .png()
          .toBuffer(),
      ),
    );
    const bytes = await sharp(frames, { join: { animated: true } })
      .gif()
      .toBuffer();
    const picture = await decodeImage(bytes);
    expect(picture).toMatchObject({ width: 4, height: 4 });
    expectNear(pixel(picture.data, 0), [200, 10, 20]);
  });

  it('turns a photo upright by its EXIF orientation', async () => {
    // Orientation 6: the camera was turned, rows of the file are columns of the picture from the right.
    const bytes = await halves().withMetadata({ orientation: 6 }).png().toBuffer();
    const picture = await decodeImage(bytes);
    expect(picture).toMatchObject({ width: 2, height: 4 });
    expectNear(pixel(picture.data, 0), [200, 10, 20]);
    expectNear(pixel(picture.data, 7), [10, 20, 200]);
  });

  it('puts transparency on white', async () => {
    const bytes = await sharp({
      create: { width: 2, height: 2, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0.5 } },
    })
      .png()
      .toBuffer();
    expectNear(pixel((await decodeImage(bytes)).data, 0), [127, 127, 127]);
  });

  it.each(['b-w', 'rgb16'] as const)('gives three bytes a pixel for %s', async (space) => {
    const bytes = await halves().toColourspace(space).png().toBuffer();
    expect((await decodeImage(bytes)).data).toHaveLength(4 * 2 * 3);
  });

  it('names a format that it does not read', async () => {
    const heic = Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from('ftypheic'), Buffer.alloc(64)]);
    await expect(decodeImage(heic)).rejects.toMatchObject({
      code: 'INPUT_UNSUPPORTED_IMAGE',
      message: expect.stringContaining('HEIC'),
    });
    const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>');
    await expect(decodeImage(svg)).rejects.toMatchObject({
      code: 'INPUT_UNSUPPORTED_IMAGE',
      message: expect.stringContaining('SVG'),
    });
  });

  it.each([
    ['text', Buffer.from('hello')],
    ['nothing', Buffer.alloc(0)],
  ])('refuses %s', async (_name, bytes) => {
    await expect(decodeImage(bytes)).rejects.toMatchObject({ code: 'INPUT_UNSUPPORTED_IMAGE' });
  });

  it.each(['png', 'jpeg', 'webp', 'gif'] as const)('refuses a truncated %s', async (format) => {
    const noise = Uint8Array.from({ length: 64 * 64 * 3 }, (_, index) => (index * 7919) % 251);
    const bytes = await sharp(noise, { raw: { width: 64, height: 64, channels: 3 } })
      .toFormat(format)
      .toBuffer();
    await expect(decodeImage(bytes.subarray(0, bytes.length / 2))).rejects.toMatchObject({
      code: 'INPUT_UNSUPPORTED_IMAGE',
    });
  });

  it('refuses too many bytes before it looks at them', async () => {
    await expect(decodeImage(new Uint8Array(11), { maxBytes: 10, maxPixels: 100 })).rejects.toMatchObject({
      code: 'INPUT_TOO_LARGE',
      details: { bytes: 11, maxBytes: 10 },
    });
  });

  it('refuses too many pixels by the header alone', async () => {
    // 8000 x 8000 of one colour: some 200 kB that would become 192 MB.
    const bomb = await sharp({ create: { width: 8000, height: 8000, channels: 3, background: RED } })
      .png()
      .toBuffer();
    await expect(decodeImage(bomb)).rejects.toMatchObject({
      code: 'INPUT_TOO_LARGE',
      details: { width: 8000, height: 8000 },
    });
  });
});

describe('encodePng', () => {
  it('is read back without a change and carries no metadata', async () => {
    const picture = await decodeImage(await halves().png().toBuffer());
    const png = await encodePng(picture);
    expect(await decodeImage(png)).toEqual(picture);
    expect((await sharp(png).metadata()).exif).toBeUndefined();
  });
});
