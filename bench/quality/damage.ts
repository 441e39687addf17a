import { createHash } from 'node:crypto';
import sharp from 'sharp';
import type { Picture } from '../../inference/index.ts';
import { normalValues } from '../../inference/runtime/rng.ts';

const BLUR_SIGMA = 2.5;
/** Standard deviation of the noise, of 255, and the share of the side that the block takes. */
const NOISE = 80;
const BLOCK_SHARE = 0.25;

/** A number that depends on the name alone: seed of a case's noise. 0..2^32-1. */
export function seedOf(name: string): number {
  return createHash('sha256').update(name).digest().readUInt32BE(0);
}

/** The picture as nobody would send it: blurred, or with a block of noise; which of them depends on the seed. */
export async function damagePicture(picture: Picture, seed: number): Promise<Picture> {
  return seed % 2 === 0 ? blurPicture(picture) : addNoiseBlock(picture, seed);
}

async function blurPicture(picture: Picture): Promise<Picture> {
  const { width, height } = picture;
  const data = await sharp(picture.data, { raw: { width, height, channels: 3 } })
    .blur(BLUR_SIGMA)
    .raw()
    .toBuffer();
  return { width, height, data };
}

/** Within the middle half, where the objects are. */
function addNoiseBlock(picture: Picture, seed: number): Picture {
  const { width, height } = picture;
  const side = Math.round(Math.min(width, height) * BLOCK_SHARE);
  const left = Math.round(width * 0.25) + ((seed >>> 1) % side);
  const top = Math.round(height * 0.25) + ((seed >>> 9) % side);
  const noise = normalValues(seed, side * side * 3);
  const data = new Uint8ClampedArray(picture.data);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side * 3; x++) {
      const at = ((top + y) * width + left) * 3 + x;
      data[at] = (data[at] ?? 0) + NOISE * (noise[y * side * 3 + x] ?? 0);
    }
  }
  return { width, height, data: new Uint8Array(data.buffer) };
}
