import type { Picture, Size } from '../image/picture.ts';

/** How one output position mixes input positions of a row or column. */
interface Taps {
  /** First input position of every output position. */
  readonly starts: Int32Array;
  /** Number of input positions of every output position. */
  readonly counts: Int32Array;
  /** Weights in 1 / 2^22, `stride` for every output position. */
  readonly weights: Int32Array;
  readonly stride: number;
}

const CHANNELS = 3;
const SUPPORT = 2;
const CURVATURE = -0.5;
// Sums of 8-bit pixels then stay within 32 bits.
const WEIGHT_BITS = 22;
const HALF = 1 << (WEIGHT_BITS - 1);

/** Stretch to a size with an antialiased bicubic filter: the bytes that Pillow makes, which the model was trained on.
 * libvips rounds and shrinks in other steps. Rows come before columns, as in torchvision and in Pillow before 13.
 * @source Pillow Resample.c (re-derived); parity: test/unit/inference/vlm/image-processor.test.ts */
export function resizeBicubic(picture: Picture, { width, height }: Size): Picture {
  const wide = picture.width === width ? picture : resizeRows(picture, width);
  return wide.height === height ? wide : resizeColumns(wide, height);
}

function resizeRows({ width: inWidth, height, data }: Picture, width: number): Picture {
  const { starts, counts, weights, stride } = computeTaps(inWidth, width);
  const out = new Uint8ClampedArray(width * height * CHANNELS);
  for (let x = 0; x < width; x++) {
    const first = (starts[x] ?? 0) * CHANNELS;
    const taps = weights.subarray(x * stride, x * stride + (counts[x] ?? 0));
    for (let y = 0; y < height; y++) {
      let red = HALF;
      let green = HALF;
      let blue = HALF;
      let index = y * inWidth * CHANNELS + first;
      for (let k = 0; k < taps.length; k++) {
        const weight = taps[k] ?? 0;
        red = (red + Math.imul(data[index] ?? 0, weight)) | 0;
        green = (green + Math.imul(data[index + 1] ?? 0, weight)) | 0;
        blue = (blue + Math.imul(data[index + 2] ?? 0, weight)) | 0;
        index += CHANNELS;
      }
      const target = (y * width + x) * CHANNELS;
      out[target] = red >> WEIGHT_BITS;
      out[target + 1] = green >> WEIGHT_BITS;
      out[target + 2] = blue >> WEIGHT_BITS;
    }
  }
  return { width, height, data: new Uint8Array(out.buffer) };
}

function resizeColumns({ width, height: inHeight, data }: Picture, height: number): Picture {
  const { starts, counts, weights, stride } = computeTaps(inHeight, height);
  const row = width * CHANNELS;
  const out = new Uint8ClampedArray(row * height);
  const sums = new Int32Array(row);
  for (let y = 0; y < height; y++) {
    sums.fill(HALF);
    for (let k = 0; k < (counts[y] ?? 0); k++) {
      const weight = weights[y * stride + k] ?? 0;
      const source = ((starts[y] ?? 0) + k) * row;
      for (let i = 0; i < row; i++) sums[i] = (sums[i] ?? 0) + Math.imul(data[source + i] ?? 0, weight);
    }
    for (let i = 0; i < row; i++) out[y * row + i] = (sums[i] ?? 0) >> WEIGHT_BITS;
  }
  return { width, height, data: new Uint8Array(out.buffer) };
}

function computeTaps(inSize: number, outSize: number): Taps {
  const scale = inSize / outSize;
  const stretch = Math.max(scale, 1);
  const support = SUPPORT * stretch;
  const stride = Math.ceil(support) * 2 + 1;
  const starts = new Int32Array(outSize);
  const counts = new Int32Array(outSize);
  const weights = new Int32Array(outSize * stride);
  for (let position = 0; position < outSize; position++) {
    const center = (position + 0.5) * scale;
    const start = Math.max(0, Math.trunc(center - support + 0.5));
    const end = Math.min(inSize, Math.trunc(center + support + 0.5));
    const exact = Array.from({ length: end - start }, (_, k) => bicubic((k + start - center + 0.5) / stretch));
    const sum = exact.reduce((total, weight) => total + weight, 0);
    starts[position] = start;
    counts[position] = end - start;
    for (const [k, weight] of exact.entries()) {
      const scaled = (weight / sum) * (1 << WEIGHT_BITS);
      weights[position * stride + k] = Math.trunc(scaled < 0 ? scaled - 0.5 : scaled + 0.5);
    }
  }
  return { starts, counts, weights, stride };
}

function bicubic(distance: number): number {
  const x = Math.abs(distance);
  if (x < 1) return ((CURVATURE + 2) * x - (CURVATURE + 3)) * x * x + 1;
  if (x < 2) return (((x - 5) * x + 8) * x - 4) * CURVATURE;
  return 0;
}
