import type { Picture } from '../../inference/index.ts';

/** Sides of the blocks that are looked at one by one, in pixels. */
const BLOCK = 16;
/** Image 1 and target show the same where no channel differs by this much (of 255). */
const SAME = 8;
/** Pixels around a change that are not counted as kept: edges and glow of what changed. */
const MARGIN = 3;
/** Fewer kept pixels than this say nothing. */
const LEAST_REGION = 256;
const LEAST_IN_BLOCK = 64;

/** How far the output is from the target where image 1 and target are the same; 0..1 of the range of a channel. */
export interface KeptDifference {
  readonly mean: number;
  /** In the 16 x 16 block that differs most. */
  readonly worstBlock: number;
}

/** Fine detail (mean absolute Laplacian of the brightness, 0..1) of the output beside the target's. */
export interface DetailDifference {
  /** Output over target, whole picture: small when blurred. */
  readonly ratio: number;
  /** Largest excess of the output in a 16 x 16 block: large when noisy. */
  readonly worstExcess: number;
}

/** Compare the kept region of pictures of one size; null when hardly anything is kept. */
export function compareKept(base: Picture, target: Picture, output: Picture): KeptDifference | null {
  const kept = keptPixels(base, target);
  const { width } = target;
  const blocks = createBlockMeans(target);
  let sum = 0;
  let count = 0;
  for (const [pixel, isKept] of kept.entries()) {
    if (isKept === 0) continue;
    const difference = differenceAt(target, output, pixel) / 255;
    sum += difference;
    count += 1;
    blocks.add(pixel % width, Math.floor(pixel / width), difference);
  }
  if (count < LEAST_REGION) return null;
  return { mean: sum / count, worstBlock: Math.max(...blocks.means(LEAST_IN_BLOCK)) };
}

export function compareDetail(target: Picture, output: Picture): DetailDifference {
  const wanted = detailOf(target);
  const found = detailOf(output);
  const excess = found.blocks.map((detail, index) => detail - (wanted.blocks[index] ?? 0));
  return { ratio: found.mean / wanted.mean, worstExcess: Math.max(...excess) };
}

/** 1 where image 1 and target show the same, and the pixels around do too. */
function keptPixels(base: Picture, target: Picture): Uint8Array {
  const { width, height } = target;
  const changed = Array.from(
    { length: width * height },
    (_, pixel) => largestDifferenceAt(base, target, pixel) >= SAME,
  );
  const kept = new Uint8Array(width * height).fill(1);
  for (const [pixel, isChanged] of changed.entries()) {
    if (!isChanged) continue;
    const [x, y] = [pixel % width, Math.floor(pixel / width)];
    for (let row = Math.max(0, y - MARGIN); row <= Math.min(height - 1, y + MARGIN); row++) {
      const start = row * width + Math.max(0, x - MARGIN);
      kept.fill(0, start, row * width + Math.min(width - 1, x + MARGIN) + 1);
    }
  }
  return kept;
}

function detailOf(picture: Picture): { readonly mean: number; readonly blocks: readonly number[] } {
  const { width, height } = picture;
  const light = (x: number, y: number) => brightnessAt(picture, y * width + x);
  const blocks = createBlockMeans(picture);
  let sum = 0;
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      const around = light(x - 1, y) + light(x + 1, y) + light(x, y - 1) + light(x, y + 1);
      const detail = Math.abs(4 * light(x, y) - around) / 4;
      sum += detail;
      blocks.add(x, y, detail);
    }
  }
  return { mean: sum / ((width - 2) * (height - 2)), blocks: blocks.means(1) };
}

/** Means of values by the block they lie in. */
function createBlockMeans({ width, height }: Picture) {
  const columns = Math.ceil(width / BLOCK);
  const length = columns * Math.ceil(height / BLOCK);
  const sums = new Float64Array(length);
  const counts = new Uint32Array(length);
  return {
    add(x: number, y: number, value: number): void {
      const block = Math.floor(y / BLOCK) * columns + Math.floor(x / BLOCK);
      sums[block] = (sums[block] ?? 0) + value;
      counts[block] = (counts[block] ?? 0) + 1;
    },
    /** Of the blocks with at least so many values, 0 for the others. */
    means: (least: number): readonly number[] =>
      Array.from(sums, (sum, block) => ((counts[block] ?? 0) < least ? 0 : sum / (counts[block] ?? 1))),
  };
}

function channelsAt({ data }: Picture, pixel: number): readonly [number, number, number] {
  return [data[pixel * 3] ?? 0, data[pixel * 3 + 1] ?? 0, data[pixel * 3 + 2] ?? 0];
}

function differenceAt(one: Picture, other: Picture, pixel: number): number {
  const [a, b] = [channelsAt(one, pixel), channelsAt(other, pixel)];
  return (Math.abs(a[0] - b[0]) + Math.abs(a[1] - b[1]) + Math.abs(a[2] - b[2])) / 3;
}

function largestDifferenceAt(one: Picture, other: Picture, pixel: number): number {
  const [a, b] = [channelsAt(one, pixel), channelsAt(other, pixel)];
  return Math.max(Math.abs(a[0] - b[0]), Math.abs(a[1] - b[1]), Math.abs(a[2] - b[2]));
}

/** 0..1, the weights of Rec. 601. */
function brightnessAt(picture: Picture, pixel: number): number {
  const [red, green, blue] = channelsAt(picture, pixel);
  return (0.299 * red + 0.587 * green + 0.114 * blue) / 255;
}
