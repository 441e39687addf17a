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

/** Stretch to a size with an antialiased bicubic filter: the bytes that Pillow makes, which the model was trained on.
 * libvips rounds and shrinks in other steps.
 * @source Pillow Resample.c (re-derived); parity: test/unit/inference/vlm/image-processor.test.ts */
export function resizeBicubic(picture: Picture, { width, height }: Size): Picture {
  const wide = picture.width === width ? picture : resizeRows(picture, width);
  return wide.height === height ? wide : resizeColumns(wide, height);
}

function resizeRows({ width: inWidth, height, data }: Picture, width: number): Picture {
  const { starts, counts, weights, stride } = computeTaps(inWidth, width);
  const out = new Uint8Array(width * height * CHANNELS);
  for (let y = 0; y < height; y++) {
    const row = y * inWidth * CHANNELS;
    for (let x = 0; x < width; x++) {
      const start = row + (starts[x] ?? 0) * CHANNELS;
      mix(data, { start, step: CHANNELS, count: counts[x] ?? 0 }, weights, x * stride, out, (y * width + x) * CHANNELS);
    }
  }
  return { width, height, data: out };
}

function resizeColumns({ width, height: inHeight, data }: Picture, height: number): Picture {
  const { starts, counts, weights, stride } = computeTaps(inHeight, height);
  const out = new Uint8Array(width * height * CHANNELS);
  const row = width * CHANNELS;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const start = (starts[y] ?? 0) * row + x * CHANNELS;
      mix(data, { start, step: row, count: counts[y] ?? 0 }, weights, y * stride, out, y * row + x * CHANNELS);
    }
  }
  return { width, height, data: out };
}

interface Run {
  readonly start: number;
  readonly step: number;
  readonly count: number;
}

/** Mix the three channels of a run of pixels into the pixel of `out` at `target`. */
function mix(
  data: Uint8Array,
  { start, step, count }: Run,
  weights: Int32Array,
  firstWeight: number,
  out: Uint8Array,
  target: number,
): void {
  const half = 1 << (WEIGHT_BITS - 1);
  let red = half;
  let green = half;
  let blue = half;
  let index = start;
  for (let k = 0; k < count; k++) {
    const weight = weights[firstWeight + k] ?? 0;
    red += (data[index] ?? 0) * weight;
    green += (data[index + 1] ?? 0) * weight;
    blue += (data[index + 2] ?? 0) * weight;
    index += step;
  }
  out[target] = clampByte(red >> WEIGHT_BITS);
  out[target + 1] = clampByte(green >> WEIGHT_BITS);
  out[target + 2] = clampByte(blue >> WEIGHT_BITS);
}

function clampByte(value: number): number {
  return value < 0 ? 0 : value > 255 ? 255 : value;
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
