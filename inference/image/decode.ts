import sharp from 'sharp';
import { InferenceError } from '../errors.ts';
import type { Picture } from './picture.ts';
import { sniffFormat } from './sniff.ts';

/** Largest file and largest picture that are decoded at all. */
export interface ImageLimits {
  readonly maxBytes: number;
  readonly maxPixels: number;
}

/** 25 MB and 50 megapixels. */
export const DEFAULT_IMAGE_LIMITS: ImageLimits = { maxBytes: 25_000_000, maxPixels: 50_000_000 };

/** Decode PNG, JPEG, WebP or the first frame of a GIF into upright RGB: EXIF orientation applied, transparency on
 * white, sRGB, no metadata. Bytes and pixels are limited before anything is decoded.
 * @throws {InferenceError} INPUT_UNSUPPORTED_IMAGE (another format, truncated, damaged), INPUT_TOO_LARGE. */
export async function decodeImage(bytes: Uint8Array, limits: ImageLimits = DEFAULT_IMAGE_LIMITS): Promise<Picture> {
  if (bytes.length > limits.maxBytes) {
    throw new InferenceError(
      'INPUT_TOO_LARGE',
      `The image has ${megabytes(bytes.length)} MB; the limit is ${megabytes(limits.maxBytes)} MB.`,
      { bytes: bytes.length, maxBytes: limits.maxBytes },
    );
  }
  requireReadable(bytes);
  await requirePixels(bytes, limits);
  try {
    const { data, info } = await openImage(bytes, limits)
      .autoOrient()
      .flatten({ background: '#ffffff' })
      .toColourspace('srgb')
      .raw()
      .toBuffer({ resolveWithObject: true });
    return { width: info.width, height: info.height, data };
  } catch (error) {
    throw unreadable(error);
  }
}

function openImage(bytes: Uint8Array, { maxPixels }: ImageLimits) {
  return sharp(bytes, { limitInputPixels: maxPixels, failOn: 'error', pages: 1 });
}

function requireReadable(bytes: Uint8Array): void {
  const sniffed = sniffFormat(bytes);
  if (sniffed.kind === 'readable') return;
  const what = sniffed.kind === 'unreadable' ? `This is a ${sniffed.label} file` : 'This is not an image';
  throw new InferenceError(
    'INPUT_UNSUPPORTED_IMAGE',
    `${what}; PNG, JPEG, WebP and GIF can be read.`,
    sniffed.kind === 'unreadable' ? { format: sniffed.label } : {},
  );
}

async function requirePixels(bytes: Uint8Array, limits: ImageLimits): Promise<void> {
  // The header alone is read here, so the limit of sharp would only turn a clear error into an unclear one.
  const { width, height } = await sharp(bytes, { limitInputPixels: false })
    .metadata()
    .catch((error: unknown) => {
      throw unreadable(error);
    });
  const pixels = width * height;
  if (pixels > limits.maxPixels) {
    throw new InferenceError(
      'INPUT_TOO_LARGE',
      `The image has ${width} x ${height} pixels; the limit is ${limits.maxPixels / 1_000_000} megapixels.`,
      { width, height, maxPixels: limits.maxPixels },
    );
  }
}

function unreadable(cause: unknown): InferenceError {
  return new InferenceError(
    'INPUT_UNSUPPORTED_IMAGE',
    'The image is damaged or incomplete and could not be read.',
    {},
    { cause },
  );
}

function megabytes(bytes: number): string {
  return (bytes / 1_000_000).toFixed(1);
}
