import type { Picture } from './picture.ts';

const TO_UNIT = Float32Array.from({ length: 256 }, (_, value) => value / 127.5 - 1);

/** Pixels as a network reads them.
 * @returns float32 [3, height, width] in [-1, 1]. */
export function pictureToPixels({ width, height, data }: Picture): Float32Array {
  const plane = width * height;
  const pixels = new Float32Array(3 * plane);
  for (let index = 0; index < plane; index++) {
    for (let channel = 0; channel < 3; channel++) {
      pixels[channel * plane + index] = TO_UNIT[data[index * 3 + channel] ?? 0] ?? 0;
    }
  }
  return pixels;
}

/** Pixels of a network as a picture: x * 0.5 + 0.5, clamped to [0, 1], times 255, rounded half to even.
 * @param pixels float32 [3, height, width], about [-1, 1]. */
export function pixelsToPicture(pixels: Float32Array, width: number, height: number): Picture {
  const plane = width * height;
  // Uint8ClampedArray clamps and rounds half to even by specification.
  const data = new Uint8ClampedArray(3 * plane);
  for (let index = 0; index < plane; index++) {
    for (let channel = 0; channel < 3; channel++) {
      data[index * 3 + channel] = ((pixels[channel * plane + index] ?? 0) * 0.5 + 0.5) * 255;
    }
  }
  return { width, height, data: new Uint8Array(data.buffer) };
}
