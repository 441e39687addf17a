import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Picture } from '../../../inference/image/picture.ts';
import { openModelFolder } from '../../../inference/index.ts';
import { type LoadedModel, loadModel } from '../../../inference/pipelines/load-model.ts';
import { createRenderPipeline, type RenderRequest } from '../../../inference/pipelines/render.ts';
import type { Session } from '../../../inference/runtime/session.ts';
import { tinyModel } from '../../support/tiny-model.ts';

let loaded: LoadedModel;
beforeAll(async () => {
  loaded = await loadModel(openModelFolder(tinyModel('small')), { threads: 1 });
});
afterAll(() => loaded.dispose());

const picture = (shift: number): Picture => ({
  width: 16,
  height: 8,
  data: Uint8Array.from({ length: 16 * 8 * 3 }, (_, index) => (index * 5 + shift) % 256),
});

const request = (change: Partial<RenderRequest> = {}): RenderRequest => ({
  prompt: 'Give the cat in image 1 the color of image 2.',
  pictures: [picture(0), picture(90)],
  adapter: 'edit',
  size: { width: 16, height: 8 },
  steps: 3,
  guidance: 3.5,
  trueCfgScale: 1,
  noise: { kind: 'seed', seed: 1 },
  ...change,
});

/** The model with a count of the runs of each of its encoders. */
function counted() {
  const runs = { clip: 0, t5: 0, vaeEncoder: 0 };
  const count = (name: keyof typeof runs): Session => ({
    ...loaded[name],
    run: (feeds) => {
      runs[name]++;
      return loaded[name].run(feeds);
    },
  });
  return { runs, model: { ...loaded, clip: count('clip'), t5: count('t5'), vaeEncoder: count('vaeEncoder') } };
}

describe('createRenderPipeline', () => {
  it('encodes a text and a picture once, by content, and makes the same of them again', async () => {
    const { runs, model } = counted();
    const pipeline = createRenderPipeline(model);
    const first = await pipeline.render(request());
    const again = await pipeline.render(request({ pictures: [picture(0), picture(90)] }));
    expect(runs).toEqual({ clip: 1, t5: 1, vaeEncoder: 2 });
    expect(again.picture).toEqual(first.picture);
    await pipeline.render(request({ pictures: [picture(1)], prompt: 'Another.' }));
    expect(runs).toEqual({ clip: 2, t5: 2, vaeEncoder: 3 });
  });

  it('makes the same without a cache', async () => {
    const { runs, model } = counted();
    const bare = createRenderPipeline(model, { cacheBytes: 0 });
    const first = await bare.render(request());
    const again = await bare.render(request());
    expect(runs.vaeEncoder).toBe(4);
    expect(again.latents).toEqual(first.latents);
    expect((await createRenderPipeline(loaded).render(request())).latents).toEqual(first.latents);
  });

  it('starts from given latents as from the seed they came from', async () => {
    const pipeline = createRenderPipeline(loaded);
    const { latents } = await pipeline.render(request({ steps: 1 }));
    const resumed = await pipeline.render(request({ noise: { kind: 'latents', data: latents.data } }));
    const seeded = await pipeline.render(request());
    expect(resumed.latents.data).not.toEqual(seeded.latents.data);
    expect(resumed.latents).toMatchObject({ gridHeight: 2, gridWidth: 4 });
  });

  it('depends on adapter, order, number of images, guidance of the second pass and text', async () => {
    const pipeline = createRenderPipeline(loaded);
    const results = [
      await pipeline.render(request()),
      await pipeline.render(request({ adapter: 'generate' })),
      await pipeline.render(request({ adapter: null })),
      await pipeline.render(request({ pictures: [picture(90), picture(0)] })),
      await pipeline.render(request({ pictures: [picture(0)] })),
      await pipeline.render(request({ trueCfgScale: 3 })),
      await pipeline.render(request({ trueCfgScale: 3, negativePrompt: 'blur' })),
      await pipeline.render(request({ prompt: 'Give the dog in image 1 the color of image 2.' })),
    ];
    expect(new Set(results.map(({ latents }) => latents.data.join())).size).toBe(results.length);
  });

  it('offers previews at the steps asked for, never at the last', async () => {
    const seen: (string | number)[][] = [];
    await createRenderPipeline(loaded).render(request({ steps: 6 }), {
      previewEvery: 3,
      onStep: ({ step, preview }) => {
        seen.push(preview ? [step, preview.width, preview.height] : [step]);
      },
    });
    expect(seen).toEqual([[1], [2], [3, 16, 8], [4], [5], [6]]);
  });

  it.each([
    ['a size off the multiple', { size: { width: 18, height: 8 } }, 'INPUT_INVALID'],
    ['latents of another size', { noise: { kind: 'latents', data: new Float32Array(3) } }, 'INPUT_INVALID'],
    ['a seed that is no whole number', { noise: { kind: 'seed', seed: 0.5 } }, 'INPUT_INVALID'],
    ['a picture off the multiple', { pictures: [{ width: 3, height: 4, data: new Uint8Array(36) }] }, 'SHAPE_MISMATCH'],
  ] as const)('refuses %s', async (_what, change, code) => {
    await expect(createRenderPipeline(loaded).render(request(change))).rejects.toMatchObject({ code });
  });

  it('names every tensor that does not fit a network', async () => {
    await expect(
      loaded.vaeDecoder.run({
        latents: { shape: [1, 2, 3], data: new Float32Array(6) },
        other: { shape: [1], data: new Float32Array(1) },
      }),
    ).rejects.toMatchObject({
      code: 'SHAPE_MISMATCH',
      message: expect.stringMatching(/"latents" must have the shape.*"other" is unknown/),
    });
    await expect(loaded.clip.run({ input_ids: { shape: [1, 4], data: new Float32Array(4) } })).rejects.toMatchObject({
      message: expect.stringContaining('must be int64'),
    });
  });
});
