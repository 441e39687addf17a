import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Picture } from '../image/picture.ts';
import { readModelJson } from '../model-folder/read-json.ts';
import { resizeBicubic } from './resize-bicubic.ts';
import { smartResize } from './smart-resize.ts';

/** How a model's pictures are prepared. */
export type ImageProcessorSettings = Readonly<z.infer<typeof settingsSchema>>;

/** A picture as the vision tower reads it. */
export interface ImagePatches {
  /** float32 [rows * columns, 3 * temporal * patch * patch]: cell by cell, in each its patches row by row. */
  readonly data: Float32Array;
  /** Of patches. */
  readonly rows: number;
  readonly columns: number;
}

const CHANNELS = 3;
const PILLOW_BICUBIC = 3;

const side = z.int().positive();
const color = z.tuple([z.number(), z.number(), z.number()]);

// Defaults are those of transformers' Qwen2VLImageProcessor.
const settingsSchema = z
  .looseObject({
    min_pixels: side.nullish(),
    max_pixels: side.nullish(),
    size: z.looseObject({ shortest_edge: side.optional(), longest_edge: side.optional() }).nullish(),
    patch_size: side.default(14),
    temporal_patch_size: side.default(2),
    merge_size: side.default(2),
    image_mean: color.default([0.48145466, 0.4578275, 0.40821073]),
    image_std: color.default([0.26862954, 0.26130258, 0.27577711]),
    rescale_factor: z
      .number()
      .positive()
      .default(1 / 255),
    resample: z.literal(PILLOW_BICUBIC).default(PILLOW_BICUBIC),
    do_resize: z.literal(true).default(true),
    do_rescale: z.literal(true).default(true),
    do_normalize: z.literal(true).default(true),
  })
  .transform((config) => ({
    minPixels: config.min_pixels ?? config.size?.shortest_edge ?? 56 * 56,
    maxPixels: config.max_pixels ?? config.size?.longest_edge ?? 28 * 28 * 1280,
    patchSize: config.patch_size,
    temporalPatchSize: config.temporal_patch_size,
    mergeSize: config.merge_size,
    mean: config.image_mean,
    deviation: config.image_std,
    rescale: config.rescale_factor,
  }));

/** Read `preprocessor_config.json`, or the part of `processor_config.json` that newer folders have in its place.
 * @throws {InferenceError} MODEL_MISSING, MODEL_INVALID. */
export function readImageProcessor(folder: string): ImageProcessorSettings {
  const joined = join(folder, 'processor_config.json');
  const own = join(folder, 'preprocessor_config.json');
  const what = 'how pictures are prepared';
  if (existsSync(own) || !existsSync(joined)) return readModelJson(own, what, settingsSchema);
  return readModelJson(joined, what, z.looseObject({ image_processor: settingsSchema })).image_processor;
}

/** Resize, normalise and cut one picture into patches. A still picture fills every frame of a patch.
 * @throws {InferenceError} INPUT_INVALID when the picture is too narrow.
 * @source transformers Qwen2VLImageProcessorPil 5.23 */
export function processImage(picture: Picture, settings: ImageProcessorSettings): ImagePatches {
  const { patchSize, mergeSize, minPixels, maxPixels } = settings;
  const size = smartResize(picture, { factor: patchSize * mergeSize, minPixels, maxPixels });
  const resized = resizeBicubic(picture, size);
  return {
    data: cutPatches(resized, settings),
    rows: size.height / patchSize,
    columns: size.width / patchSize,
  };
}

function cutPatches({ width, height, data }: Picture, settings: ImageProcessorSettings): Float32Array {
  const { patchSize, mergeSize, temporalPatchSize } = settings;
  const values = channelValues(settings);
  const cell = patchSize * mergeSize;
  const out = new Float32Array(width * height * CHANNELS * temporalPatchSize);
  let target = 0;
  for (let cellTop = 0; cellTop < height; cellTop += cell) {
    for (let cellLeft = 0; cellLeft < width; cellLeft += cell) {
      for (let patch = 0; patch < mergeSize ** 2; patch++) {
        const y = cellTop + Math.floor(patch / mergeSize) * patchSize;
        const x = cellLeft + (patch % mergeSize) * patchSize;
        target = writePatch(out, target, { data, width, x, y, patchSize, temporalPatchSize, values });
      }
    }
  }
  return out;
}

interface PatchSource {
  readonly data: Uint8Array;
  readonly width: number;
  readonly x: number;
  readonly y: number;
  readonly patchSize: number;
  readonly temporalPatchSize: number;
  readonly values: Float32Array;
}

/** @returns where the next patch begins. */
function writePatch(out: Float32Array, start: number, source: PatchSource): number {
  const { data, width, x, y, patchSize, temporalPatchSize, values } = source;
  const frame = patchSize ** 2;
  let target = start;
  for (let channel = 0; channel < CHANNELS; channel++) {
    for (let row = 0; row < patchSize; row++) {
      for (let column = 0; column < patchSize; column++) {
        const value = data[((y + row) * width + x + column) * CHANNELS + channel] ?? 0;
        out[target + row * patchSize + column] = values[channel * 256 + value] ?? 0;
      }
    }
    for (let copy = 1; copy < temporalPatchSize; copy++) out.copyWithin(target + copy * frame, target, target + frame);
    target += temporalPatchSize * frame;
  }
  return target;
}

/** The normalised value of every byte in every channel, rounded to float32 where the reference rounds. */
function channelValues({ mean, deviation, rescale }: ImageProcessorSettings): Float32Array {
  return Float32Array.from({ length: CHANNELS * 256 }, (_, index) => {
    const channel = Math.floor(index / 256);
    const centred = Math.fround(Math.fround((index % 256) * rescale) - Math.fround(mean[channel] ?? 0));
    return centred / Math.fround(deviation[channel] ?? 1);
  });
}
