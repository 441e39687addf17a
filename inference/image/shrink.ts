import sharp from 'sharp';
import { decodeImage } from './decode.ts';
import type { Picture } from './picture.ts';

export interface ShrunkImage {
  readonly bytes: Uint8Array;
  readonly contentType: 'image/jpeg';
}

/** A copy smaller than this shows nothing any more. */
const MIN_SIDE_PX = 64;
const BEST_QUALITY = 95;
const GOOD_QUALITY = 85;
/** Aim below the limit: the size of a JPEG is not quite proportional to its pixels. */
const MARGIN = 0.9;

export interface ShrinkOptions {
  /** Default: the picture's own. */
  readonly maxSidePx?: number;
}

/** Encode a picture as a JPEG of at most `limitBytes`: at its own size where that is enough, else scaled down.
 * @returns undefined when even a picture of 64 pixels does not fit.
 * @throws {InferenceError} INPUT_UNSUPPORTED_IMAGE, INPUT_TOO_LARGE (pixels). */
export async function shrinkImage(
  bytes: Uint8Array,
  limitBytes: number,
  { maxSidePx = Number.POSITIVE_INFINITY }: ShrinkOptions = {},
): Promise<ShrunkImage | undefined> {
  const picture = await decodeImage(bytes, { maxBytes: bytes.length, maxPixels: 50_000_000 });
  const full = Math.min(1, maxSidePx / Math.max(picture.width, picture.height));
  let copy = await encode(picture, full, BEST_QUALITY);
  if (copy.length <= limitBytes) return { bytes: copy, contentType: 'image/jpeg' };
  const side = Math.min(picture.width, picture.height);
  for (let scale = full; side * scale >= MIN_SIDE_PX; scale *= Math.sqrt(limitBytes / copy.length) * MARGIN) {
    copy = await encode(picture, scale, GOOD_QUALITY);
    if (copy.length <= limitBytes) return { bytes: copy, contentType: 'image/jpeg' };
  }
  return undefined;
}

function encode({ width, height, data }: Picture, scale: number, quality: number): Promise<Buffer> {
  return sharp(data, { raw: { width, height, channels: 3 } })
    .resize(Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale)))
    .jpeg({ quality, chromaSubsampling: quality === BEST_QUALITY ? '4:4:4' : '4:2:0' })
    .toBuffer();
}
