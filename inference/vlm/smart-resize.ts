import { InferenceError } from '../errors.ts';
import type { Size } from '../image/picture.ts';

export interface SmartResizeOptions {
  /** Both sides become multiples of it. */
  readonly factor: number;
  readonly minPixels: number;
  readonly maxPixels: number;
}

const LARGEST_ASPECT = 200;

/** The size at which a picture is read: both sides multiples of the factor, the area between the limits, the aspect
 * kept as far as that allows.
 * @throws {InferenceError} INPUT_INVALID when one side is more than 200 times the other.
 * @source transformers image_processing_qwen2_vl.smart_resize 5.23 */
export function smartResize({ width, height }: Size, { factor, minPixels, maxPixels }: SmartResizeOptions): Size {
  if (Math.max(width, height) > LARGEST_ASPECT * Math.min(width, height)) {
    throw new InferenceError(
      'INPUT_INVALID',
      `An image of ${width} x ${height} is too narrow: one side may be ${LARGEST_ASPECT} times the other at most.`,
      { width, height },
    );
  }
  const rounded = {
    width: roundHalfToEven(width / factor) * factor,
    height: roundHalfToEven(height / factor) * factor,
  };
  const area = rounded.width * rounded.height;
  if (area > maxPixels) {
    const shrink = Math.sqrt((height * width) / maxPixels);
    const sideOf = (side: number) => Math.max(factor, Math.floor(side / shrink / factor) * factor);
    return { width: sideOf(width), height: sideOf(height) };
  }
  if (area < minPixels) {
    const grow = Math.sqrt(minPixels / (height * width));
    const sideOf = (side: number) => Math.ceil((side * grow) / factor) * factor;
    return { width: sideOf(width), height: sideOf(height) };
  }
  return rounded;
}

/** As Python rounds. */
function roundHalfToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest === 0.5) return floor % 2 === 0 ? floor : floor + 1;
  return Math.round(value);
}
