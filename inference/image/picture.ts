import { InferenceError } from '../errors.ts';

/** Upright RGB pixels: uint8 [height, width, 3], sRGB. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Box extends Size {
  readonly left: number;
  readonly top: number;
}

const CHANNELS = 3;

/** The part of a picture inside a box.
 * @throws {InferenceError} SHAPE_MISMATCH when the box leaves the picture. */
export function cropPicture(picture: Picture, box: Box): Picture {
  const fits =
    box.left >= 0 && box.top >= 0 && box.left + box.width <= picture.width && box.top + box.height <= picture.height;
  if (!fits) {
    throw new InferenceError(
      'SHAPE_MISMATCH',
      `The box ${box.width} x ${box.height} at ${box.left}, ${box.top} leaves a picture of ${picture.width} x ${picture.height}.`,
    );
  }
  const data = new Uint8Array(box.width * box.height * CHANNELS);
  for (let y = 0; y < box.height; y++) {
    const start = ((box.top + y) * picture.width + box.left) * CHANNELS;
    data.set(picture.data.subarray(start, start + box.width * CHANNELS), y * box.width * CHANNELS);
  }
  return { width: box.width, height: box.height, data };
}

/** Crop right and bottom so that both sides are multiples.
 * @throws {InferenceError} INPUT_INVALID when a side is shorter than one multiple. */
export function cropToMultiple(picture: Picture, multiple: number): Picture {
  const width = picture.width - (picture.width % multiple);
  const height = picture.height - (picture.height % multiple);
  if (width === 0 || height === 0) {
    throw new InferenceError(
      'INPUT_INVALID',
      `An image of ${picture.width} x ${picture.height} is too small: each side needs at least ${multiple} pixels.`,
    );
  }
  return cropPicture(picture, { left: 0, top: 0, width, height });
}
