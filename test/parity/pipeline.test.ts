import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { decodeImage, renderModel } from '../../inference/index.ts';
import { type Float32Tensor, readSafetensors } from '../../inference/onnx/safetensors.ts';

const GOLDENS = fileURLToPath(new URL('./goldens/', import.meta.url));

const caseSchema = z.array(
  z.object({
    name: z.string(),
    model: z.string(),
    adapter: z.string(),
    prompt: z.string(),
    width: z.number(),
    height: z.number(),
    steps: z.number(),
    guidance: z.number(),
    images: z.array(z.string()),
    trueCfgScale: z.number(),
    negativePrompt: z.string().nullable(),
  }),
);

const CASES = caseSchema.parse(JSON.parse(readFileSync(join(GOLDENS, 'renders', 'cases.json'), 'utf8')));

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'easel-parity-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function tensor(file: string, name: string): Float32Tensor {
  const found = readSafetensors(file).tensors.get(name);
  if (!found) throw new Error(`${file} has no tensor ${name}`);
  return found;
}

function largestDifference(actual: Float32Array, expected: Float32Array): number {
  return expected.reduce(
    (largest, value, index) => Math.max(largest, Math.abs(value - (actual[index] ?? Number.NaN))),
    0,
  );
}

/** What the reference pipeline makes of its decoded pixels, as bytes. */
function toBytes({ shape: [, channels = 0, height = 0, width = 0], data }: Float32Tensor): number[] {
  return Array.from({ length: channels * height * width }, (_, index) => {
    const channel = index % channels;
    const value = data[channel * height * width + Math.floor(index / channels)] ?? 0;
    return Math.min(Math.max(value * 0.5 + 0.5, 0), 1) * 255;
  });
}

describe('renderModel', () => {
  it.each(CASES)('makes the latents and the picture of the reference: $name', async (golden) => {
    const expectedFile = join(GOLDENS, 'renders', `${golden.name}.expected.safetensors`);
    const dumpLatentsFile = join(folder, `${golden.name}.safetensors`);
    const result = await renderModel({
      modelFolder: join(GOLDENS, 'models', golden.model),
      adapter: golden.adapter,
      prompt: golden.prompt,
      images: golden.images.map((name) => readFileSync(join(GOLDENS, 'images', name))),
      width: golden.width,
      height: golden.height,
      steps: golden.steps,
      guidance: golden.guidance,
      trueCfgScale: golden.trueCfgScale,
      negativePrompt: golden.negativePrompt ?? undefined,
      latentsFile: join(GOLDENS, 'renders', `${golden.name}.noise.safetensors`),
      dumpLatentsFile,
    });

    const expected = tensor(expectedFile, 'latents');
    const actual = tensor(dumpLatentsFile, 'latents');
    expect(actual.shape).toEqual(expected.shape);
    // float32 on both sides; the order of sums differs.
    expect(largestDifference(actual.data, expected.data)).toBeLessThan(1e-3);

    const picture = await decodeImage(result.image);
    expect(picture).toMatchObject({ width: golden.width, height: golden.height });
    const bytes = toBytes(tensor(expectedFile, 'pixels'));
    const worst = bytes.reduce(
      (largest, value, index) => Math.max(largest, Math.abs(value - (picture.data[index] ?? 0))),
      0,
    );
    // Half a step of rounding, and 1e-3 of the latents through the decoder.
    expect(worst).toBeLessThan(1);
  });
});
