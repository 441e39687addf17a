import { z } from 'zod';
import { InferenceError } from '../errors.ts';
import { type ImageRequest, imageRequestSchema } from './image-request.ts';

/** The request as every engine may rely on it. No image is ever left out in silence.
 * @throws {InferenceError} INPUT_INVALID */
export function checkRequest(request: ImageRequest, maxImages: number): ImageRequest {
  const parsed = imageRequestSchema.safeParse(request);
  if (!parsed.success) {
    throw new InferenceError('INPUT_INVALID', z.prettifyError(parsed.error).replaceAll('\n', ' '));
  }
  const { mode, images } = parsed.data;
  requireImageCount(images.length, maxImages);
  if (mode === 'edit' && images.length === 0) {
    throw new InferenceError('INPUT_INVALID', 'An edit needs at least one image: the base.');
  }
  return parsed.data;
}

/** @throws {InferenceError} INPUT_INVALID: images beyond the limit are never dropped silently. */
export function requireImageCount(count: number, maxImages: number): void {
  if (count <= maxImages) return;
  throw new InferenceError(
    'INPUT_INVALID',
    `This model takes at most ${maxImages} images at once, the base included; got ${count}.`,
    { images: count, maxImages },
  );
}
