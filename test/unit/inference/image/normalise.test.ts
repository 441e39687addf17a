import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { decodeImage } from '../../../../inference/image/decode.ts';
import { normaliseImage } from '../../../../inference/image/normalise.ts';

const photo = (format: 'jpeg' | 'webp') =>
  sharp({ create: { width: 40, height: 20, channels: 3, background: '#3366cc' } })
    .withExif({ IFD0: { Copyright: 'somebody' } })
    .withMetadata({ orientation: 6 })
    .toFormat(format)
    .toBuffer();

describe('normaliseImage', () => {
  it.each([
    ['jpeg', 'image/jpeg', 'jpeg'],
    ['webp', 'image/png', 'png'],
  ] as const)('keeps or replaces %s by %s, upright and without metadata', async (format, contentType, stored) => {
    const image = await normaliseImage(await photo(format));
    expect(image).toMatchObject({ contentType, widthPx: 20, heightPx: 40 });
    const metadata = await sharp(image.bytes).metadata();
    expect(metadata).toMatchObject({ format: stored, width: 20, height: 40 });
    expect(metadata.exif).toBeUndefined();
    expect(metadata.orientation).toBeUndefined();
  });

  it('gives what it gave when it is asked again', async () => {
    const image = await normaliseImage(await photo('webp'));
    const again = await normaliseImage(image.bytes);
    expect(await decodeImage(again.bytes)).toEqual(await decodeImage(image.bytes));
  });

  it('passes on limits and cancellation', async () => {
    const bytes = await photo('jpeg');
    await expect(normaliseImage(bytes, { limits: { maxBytes: 1e6, maxPixels: 799 } })).rejects.toMatchObject({
      code: 'INPUT_TOO_LARGE',
    });
    await expect(normaliseImage(bytes, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'CANCELLED' });
  });
});
