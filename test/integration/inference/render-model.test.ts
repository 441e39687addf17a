import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderModel } from '../../../inference/index.ts';
import { readSafetensors, writeSafetensors } from '../../../inference/onnx/safetensors.ts';
import { tinyModel } from '../../support/tiny-model.ts';

const modelFolder = tinyModel('small');
let folder = '';
let image: Uint8Array;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'easel-render-'));
  const data = Uint8Array.from({ length: 27 * 18 * 3 }, (_, index) => (index * 11) % 256);
  image = await sharp(data, { raw: { width: 27, height: 18, channels: 3 } })
    .png()
    .toBuffer();
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const request = (change: Partial<Parameters<typeof renderModel>[0]> = {}) => ({
  modelFolder,
  prompt: 'Make it blue.',
  steps: 2,
  threads: 1,
  ...change,
});

describe('renderModel', () => {
  it('makes the size of the first image, cropped to the multiple, without any adapter', async () => {
    const result = await renderModel(request({ images: [image] }));
    expect(result).toMatchObject({ width: 24, height: 16, adapter: 'none', steps: 2 });
    expect(await sharp(result.image).metadata()).toMatchObject({ format: 'png', width: 24, height: 16 });
  });

  it("makes the model's own size, steps and seed 0 when nothing is said", async () => {
    const plain = await renderModel({ modelFolder, prompt: 'A cat.', threads: 1 });
    expect(plain).toMatchObject({ width: 32, height: 32, steps: 4 });
    const said = await renderModel({
      modelFolder,
      prompt: 'A cat.',
      threads: 2,
      seed: 0,
      steps: 4,
      width: 32,
      height: 32,
    });
    expect(said.image).toEqual(plain.image);
  });

  it('dumps latents that it reads again', async () => {
    const file = join(folder, 'dump.safetensors');
    await renderModel(request({ images: [image], dumpLatentsFile: file, adapter: 'edit' }));
    expect(readSafetensors(file).tensors.get('latents')?.shape).toEqual([1, 6 * 4, 16]);
    const resumed = await renderModel(request({ images: [image], latentsFile: file }));
    expect(resumed.image).not.toEqual((await renderModel(request({ images: [image] }))).image);
  });

  it('says what is wrong with latents', async () => {
    const file = join(folder, 'wrong.safetensors');
    writeSafetensors(file, new Map([['latents', { shape: [24, 16], data: new Float32Array(24 * 16) }]]));
    await expect(renderModel(request({ images: [image], latentsFile: file }))).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      message: expect.stringContaining('[1, tokens, channels]'),
    });
    writeSafetensors(file, new Map([['latents', { shape: [1, 5, 16], data: new Float32Array(80) }]]));
    await expect(renderModel(request({ images: [image], latentsFile: file }))).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      message: expect.stringContaining('24 x 16'),
    });
  });

  it.each([
    ['an unknown adapter', { adapter: 'oil' }],
    ['a width off the multiple', { width: 30 }],
    ['no steps', { steps: 0 }],
  ])('refuses %s', async (_what, change) => {
    await expect(renderModel(request(change))).rejects.toMatchObject({ code: 'INPUT_INVALID' });
  });

  it('refuses more images than the model takes, before it reads them', async () => {
    await expect(renderModel(request({ images: Array(5).fill(new Uint8Array()) }))).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      details: { images: 5, maxImages: 4 },
    });
  });

  it('stops when its signal aborts', async () => {
    const controller = new AbortController();
    const steps: number[] = [];
    const running = renderModel(request({ steps: 50 }), {
      signal: controller.signal,
      onStep: ({ step }) => {
        steps.push(step);
        controller.abort();
      },
    });
    await expect(running).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(steps).toEqual([1]);
  });
});
