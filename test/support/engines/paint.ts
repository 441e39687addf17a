import { createHash } from 'node:crypto';
import sharp from 'sharp';

export interface PaintWish {
  /** Encoded inputs, in order: each becomes an upright stripe of its mean colour. */
  readonly images: readonly Uint8Array[];
  /** Colours the picture where there are no inputs. */
  readonly prompt: string;
  /** Colours the bottom row. */
  readonly seed: number;
  readonly width: number;
  readonly height: number;
}

/** A picture that shows what reached the server: inputs in their order, the prompt, the seed. PNG. */
export async function paint({ images, prompt, seed, width, height }: PaintWish): Promise<Buffer> {
  const stripes = images.length === 0 ? [hashColour(prompt)] : await Promise.all(images.map(meanColour));
  const data = Buffer.alloc(width * height * 3);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const stripe = stripes[Math.floor((x * stripes.length) / width)] ?? [0, 0, 0];
      data.set(y === height - 1 ? hashColour(`seed ${seed}`) : stripe, (y * width + x) * 3);
    }
  }
  return await sharp(data, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
}

/** The colours of a painted picture's stripes, from the middle of each. */
export async function stripesOf(picture: Uint8Array, count: number): Promise<readonly (readonly number[])[]> {
  const { data, info } = await sharp(picture).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return Array.from({ length: count }, (_, index) => {
    const x = Math.floor(((index + 0.5) * info.width) / count);
    const start = (Math.floor(info.height / 2) * info.width + x) * 3;
    return [...data.subarray(start, start + 3)];
  });
}

/** A picture of one colour, PNG. */
export function plainPicture(colour: readonly [number, number, number], width = 48, height = 32): Promise<Buffer> {
  const [r, g, b] = colour;
  return sharp({ create: { width, height, channels: 3, background: { r, g, b } } })
    .png()
    .toBuffer();
}

async function meanColour(bytes: Uint8Array): Promise<readonly number[]> {
  const pixel = await sharp(bytes).removeAlpha().resize(1, 1, { fit: 'fill' }).raw().toBuffer();
  return [...pixel.subarray(0, 3)];
}

function hashColour(text: string): readonly number[] {
  return [...createHash('sha256').update(text).digest().subarray(0, 3)];
}
