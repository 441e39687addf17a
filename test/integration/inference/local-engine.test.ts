import { existsSync, rmSync } from 'node:fs';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ImageEngine } from '../../../core/ports.ts';
import {
  createLocalEngine,
  decodeImage,
  type EngineStep,
  type ImageRequest,
  type LocalEngine,
} from '../../../inference/index.ts';
import { copyTinyModel, tinyModel } from '../../support/tiny-model.ts';

const START_MS = 60_000;

function picture(width: number, height: number, shift = 0): Promise<Uint8Array> {
  const data = Uint8Array.from(
    { length: width * height * 3 },
    (_, index) => (index * 7 + shift * 31 + (index >> 5)) % 256,
  );
  return sharp(data, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
}

let base: Uint8Array;
let reference: Uint8Array;
let request: ImageRequest;
beforeAll(async () => {
  base = await picture(40, 20);
  reference = await picture(30, 30, 3);
  request = { mode: 'edit', prompt: 'Give the cat the color of image 2.', images: [base, reference], seed: 7 };
});

/** Aborts after the first step and tells when that was. */
function abortAfterFirstStep() {
  const controller = new AbortController();
  const steps: EngineStep[] = [];
  return {
    steps,
    options: {
      signal: controller.signal,
      onStep: (step: EngineStep) => {
        steps.push(step);
        controller.abort();
      },
    },
  };
}

const hasCuda = existsSync(
  new URL(
    '../../../node_modules/onnxruntime-node/bin/napi-v6/linux/x64/libonnxruntime_providers_cuda.so',
    import.meta.url,
  ),
);

describe('createLocalEngine on a device that is not there', () => {
  it.skipIf(hasCuda)('says what it needs, and does not run elsewhere instead', { timeout: START_MS }, async () => {
    const engine = createLocalEngine({ modelFolder: tinyModel('small'), device: 'cuda', threads: 1 });
    await expect(engine.ready()).rejects.toMatchObject({
      code: 'DEVICE_UNAVAILABLE',
      details: { device: 'cuda', reason: expect.stringMatching(/cuDNN 9.*ONNXRUNTIME_NODE_INSTALL=cuda12/) },
    });
    await engine.dispose();
  });
});

describe('createLocalEngine', () => {
  let engine: LocalEngine;
  beforeAll(async () => {
    engine = createLocalEngine({ modelFolder: tinyModel('small'), threads: 1 });
    await engine.ready();
  }, START_MS);
  afterAll(() => engine.dispose());

  it('is an ImageEngine of core', () => {
    const port: ImageEngine = engine;
    expect(port.description).toMatchObject({
      id: 'tiny-small',
      model: 'tiny-small 0.0.1',
      maxImages: 4,
      defaultSteps: 4,
      size: { rule: 'native', multiple: 4, native: [[32, 32]] },
      adapters: ['edit', 'generate'],
    });
  });

  it('edits: the padding is gone, the aspect of the base is kept, every step is told', async () => {
    const steps: EngineStep[] = [];
    const result = await engine.render(request, { onStep: (step) => steps.push(step) });
    expect(result).toMatchObject({ adapter: 'edit', steps: 4 });
    expect(result.images).toHaveLength(1);
    expect(result.images[0]).toMatchObject({ contentType: 'image/png', widthPx: 32, heightPx: 16 });
    expect(await decodeImage(result.images[0]?.bytes ?? new Uint8Array())).toMatchObject({ width: 32, height: 16 });
    expect(steps.map(({ step, steps: of }) => [step, of])).toEqual([
      [1, 4],
      [2, 4],
      [3, 4],
      [4, 4],
    ]);
    expect(steps[0]?.previewDataUrl).toMatch(/^data:image\/jpeg;base64,/);
    expect(Object.keys(result.timingsMs)).toEqual(['encode', 'denoise', 'decode', 'total']);
  });

  it('gives the same bytes for the same seed, others for another', async () => {
    const [first, again, other] = [
      await engine.render(request),
      await engine.render(request),
      await engine.render({ ...request, seed: 8 }),
    ];
    expect(again.images).toEqual(first.images);
    expect(other.images).not.toEqual(first.images);
  });

  it('tells its images apart: reversed inputs give another picture', async () => {
    const square = await picture(32, 32, 5);
    const one = await engine.render({ ...request, images: [square, reference] });
    const two = await engine.render({ ...request, images: [reference, square] });
    expect(two.images[0]?.widthPx).toBe(one.images[0]?.widthPx);
    expect(two.images).not.toEqual(one.images);
  });

  it('uses the adapter that mode and images ask for', async () => {
    const generation = await engine.render({ ...request, mode: 'generate', images: [reference] });
    expect(generation).toMatchObject({ adapter: 'generate', images: [{ widthPx: 32, heightPx: 32 }] });
    const alone = await engine.render({ ...request, images: [base] });
    expect(alone.adapter).toBe('none');
    const without = await engine.render({ ...request, adapter: 'none' });
    expect(without.images).not.toEqual((await engine.render(request)).images);
  });

  it('warns about images beyond the training, long text and an aspect it cannot make', async () => {
    const result = await engine.render({
      ...request,
      mode: 'generate',
      prompt: 'a red cat '.repeat(30),
      aspect: '16:9',
    });
    expect(result.warnings.some((warning) => warning.includes('trained on up to 1'))).toBe(true);
    expect(result.warnings.some((warning) => warning.includes('tokens'))).toBe(true);
    expect(result.warnings.some((warning) => warning.includes('16:9'))).toBe(true);
  });

  it('refuses more images than the model takes', async () => {
    await expect(engine.render({ ...request, images: Array(5).fill(base) })).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      message: expect.stringContaining('at most 4 images'),
    });
  });

  it.each([
    ['an edit without a base', { images: [] }],
    ['an empty prompt', { prompt: '' }],
    ['a seed below 0', { seed: -1 }],
    ['an aspect that is none', { aspect: 'wide' }],
    ['an adapter that is missing', { adapter: 'oil' }],
  ])('refuses %s', async (_what, change) => {
    await expect(engine.render({ ...request, ...change })).rejects.toMatchObject({ code: 'INPUT_INVALID' });
  });

  it('says that an image cannot be read and goes on', async () => {
    const damaged = base.subarray(0, base.length / 2);
    await expect(engine.render({ ...request, images: [base, damaged] })).rejects.toMatchObject({
      code: 'INPUT_UNSUPPORTED_IMAGE',
    });
    expect((await engine.render(request)).images).toHaveLength(1);
  });

  it('stops between steps when cancelled and keeps its process', async () => {
    const pid = engine.pid();
    const { steps, options } = abortAfterFirstStep();
    await expect(engine.render({ ...request, steps: 200 }, options)).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(steps.length).toBeLessThan(200);
    expect((await engine.render(request)).images).toHaveLength(1);
    expect(engine.pid()).toBe(pid);
  });

  it('does not start a render that was cancelled while it waited', async () => {
    const controller = new AbortController();
    const running = engine.render(request);
    let isStarted = false;
    const waiting = engine.render(request, {
      signal: controller.signal,
      onStep: () => {
        isStarted = true;
      },
    });
    controller.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'CANCELLED' });
    await running;
    await engine.render(request);
    expect(isStarted).toBe(false);
  });

  it('does not start a render whose signal was aborted before', async () => {
    await expect(engine.render(request, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'CANCELLED' });
  });

  it(
    'makes a new process after the old one was killed in the middle of a render',
    async () => {
      const pid = engine.pid();
      const killed = engine.render(
        { ...request, steps: 200 },
        {
          onStep: ({ step }) => {
            if (step === 2 && pid !== undefined) process.kill(pid, 'SIGKILL');
          },
        },
      );
      await expect(killed).rejects.toMatchObject({ code: 'INFERENCE_CHILD_DIED', details: { signal: 'SIGKILL' } });
      expect((await engine.render(request)).images).toHaveLength(1);
      expect(engine.pid()).not.toBe(pid);
    },
    START_MS,
  );

  it('goes on when a listener throws', async () => {
    const result = await engine.render(request, {
      onStep: () => {
        throw new Error('listener');
      },
    });
    expect(result.images).toHaveLength(1);
  });
});

describe('the inference process', () => {
  it(
    'is killed when it does not stop in its grace period',
    async () => {
      const engine = createLocalEngine({ modelFolder: tinyModel('small'), threads: 1, cancelGraceMs: 20 });
      try {
        await engine.ready();
        const pid = engine.pid() ?? 0;
        const controller = new AbortController();
        const stuck = engine.render(
          { ...request, steps: 200 },
          {
            signal: controller.signal,
            onStep: () => {
              // A stopped process answers nothing, as one inside a step that never ends.
              process.kill(pid, 'SIGSTOP');
              controller.abort();
            },
          },
        );
        await expect(stuck).rejects.toMatchObject({ code: 'CANCELLED' });
        expect((await engine.render(request)).images).toHaveLength(1);
        expect(engine.pid()).not.toBe(pid);
      } finally {
        await engine.dispose();
      }
    },
    START_MS,
  );

  it(
    'is killed at its memory ceiling',
    async () => {
      const engine = createLocalEngine({
        modelFolder: tinyModel('small'),
        threads: 1,
        memoryLimitBytes: 1_000_000,
        memoryPollMs: 5,
      });
      try {
        await expect(engine.render(request)).rejects.toMatchObject({
          code: 'INFERENCE_OUT_OF_MEMORY',
          details: { memoryLimitBytes: 1_000_000 },
        });
      } finally {
        await engine.dispose();
      }
    },
    START_MS,
  );

  it(
    'tells which file of a damaged model is at fault, to every request',
    async () => {
      const copy = copyTinyModel('small');
      rmSync(`${copy.folder}/text_encoder/model.safetensors`);
      const engine = createLocalEngine({ modelFolder: copy.folder, threads: 1 });
      try {
        const expected = { code: 'MODEL_MISSING', message: expect.stringContaining('text_encoder') };
        await expect(engine.ready()).rejects.toMatchObject(expected);
        await expect(engine.render(request)).rejects.toMatchObject(expected);
      } finally {
        await engine.dispose();
        copy.remove();
      }
    },
    START_MS,
  );

  it(
    'ends with its engine, and what was running is cancelled',
    async () => {
      const engine = createLocalEngine({ modelFolder: tinyModel('small'), threads: 1 });
      await engine.ready();
      const running = engine.render({ ...request, steps: 200 });
      const outcome = expect(running).rejects.toMatchObject({ code: 'CANCELLED' });
      await engine.dispose();
      await outcome;
      expect(engine.pid()).toBeUndefined();
      await expect(engine.render(request)).rejects.toMatchObject({ code: 'CANCELLED' });
    },
    START_MS,
  );
});
