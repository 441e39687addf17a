import { yieldToCancellation } from '../runtime/cancellation.ts';
import { decodeImage, type ImageLimits } from './decode.ts';
import { encodeJpeg, encodePng } from './encode.ts';
import { sniffFormat } from './sniff.ts';

/** A picture as it is stored: upright, opaque, sRGB, without metadata. */
export interface NormalisedImage {
  readonly bytes: Uint8Array;
  readonly contentType: 'image/png' | 'image/jpeg';
  readonly widthPx: number;
  readonly heightPx: number;
}

export interface NormaliseImageOptions {
  readonly signal?: AbortSignal | undefined;
  readonly limits?: ImageLimits | undefined;
}

/** Check what a person sent and rewrite it at its own size: photos (JPEG) stay JPEG, everything else becomes PNG.
 * @throws {InferenceError} INPUT_UNSUPPORTED_IMAGE, INPUT_TOO_LARGE, CANCELLED. */
export async function normaliseImage(
  bytes: Uint8Array,
  { signal, limits }: NormaliseImageOptions = {},
): Promise<NormalisedImage> {
  const picture = await decodeImage(bytes, limits);
  await yieldToCancellation(signal);
  const sniffed = sniffFormat(bytes);
  const isPhoto = sniffed.kind === 'readable' && sniffed.format === 'jpeg';
  return {
    bytes: await (isPhoto ? encodeJpeg(picture) : encodePng(picture)),
    contentType: isPhoto ? 'image/jpeg' : 'image/png',
    widthPx: picture.width,
    heightPx: picture.height,
  };
}
