import sharp from 'sharp';
import { InferenceError } from '../errors.ts';
import type { Size } from './picture.ts';

/** Width and height of an encoded picture as it is looked at (upright), from its header alone.
 * @throws {InferenceError} INPUT_UNSUPPORTED_IMAGE */
export async function measureImage(bytes: Uint8Array): Promise<Size> {
  try {
    const { autoOrient } = await sharp(bytes, { limitInputPixels: false }).metadata();
    return { width: autoOrient.width, height: autoOrient.height };
  } catch (cause) {
    throw new InferenceError('INPUT_UNSUPPORTED_IMAGE', 'The image is damaged and could not be read.', {}, { cause });
  }
}
