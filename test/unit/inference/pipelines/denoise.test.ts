import { describe, expect, it } from 'vitest';
import { type DenoiseRequest, denoise } from '../../../../inference/pipelines/denoise.ts';
import type { EncodedPrompt } from '../../../../inference/pipelines/encode-prompt.ts';
import type { Tokens } from '../../../../inference/runtime/packing.ts';
import type { Tensors } from '../../../../inference/runtime/session.ts';
import { createFlowMatchEuler, schedulerConfigSchema } from '../../../../inference/schedulers/flow-match-euler.ts';

type Velocity = (feeds: Tensors, step: number) => readonly number[];

/** A transformer that answers with the velocity of a function and remembers what it was fed. */
function fakeTransformer(velocity: Velocity) {
  const runs: Tensors[] = [];
  return {
    runs,
    parts: {
      transformer: {
        inputs: [],
        async run(feeds: Tensors) {
          // Feeds are reused between steps.
          runs.push(structuredClone(feeds));
          const data = Float32Array.from(velocity(feeds, runs.length - 1));
          return { velocity: { shape: [1, data.length / 4, 4], data } };
        },
        dispose: async () => undefined,
      },
      scheduler: createFlowMatchEuler(schedulerConfigSchema.parse({ use_dynamic_shifting: false })),
      adapterNames: ['edit', 'generate'],
      isGuidanceDistilled: true,
    },
  };
}

const prompt = (value: number): EncodedPrompt => ({
  pooled: Float32Array.of(value),
  hidden: Float32Array.of(value, value),
  textTokens: 2,
  warnings: [],
});

/** One token of four channels. */
const token = (...data: number[]): Tokens => ({
  gridHeight: 1,
  gridWidth: 1,
  channels: 4,
  data: Float32Array.from(data),
});

const request = (change: Partial<DenoiseRequest> = {}): DenoiseRequest => ({
  latents: token(1, 1, 1, 1),
  references: [token(5, 6, 7, 8)],
  prompt: prompt(3),
  adapter: 'generate',
  guidance: 2.5,
  steps: 4,
  ...change,
});

const ignore = async () => undefined;

describe('denoise', () => {
  it('feeds the noise first and the references clean after it, at the sigma of each step', async () => {
    const { parts, runs } = fakeTransformer(() => [1, 1, 1, 1]);
    const result = await denoise(parts, request(), ignore);
    // Sigma falls from 1 to 0 in total, and so does a value whose velocity is 1.
    for (const value of result.data) expect(value).toBeCloseTo(0, 6);
    expect(runs.map(({ timestep }) => timestep?.data[0])).toEqual([1, 0.75, 0.5, 0.25]);
    expect(runs.map(({ hidden_states }) => [...(hidden_states?.data ?? [])].map(Number))).toEqual([
      [1, 1, 1, 1, 5, 6, 7, 8],
      [0.75, 0.75, 0.75, 0.75, 5, 6, 7, 8],
      [0.5, 0.5, 0.5, 0.5, 5, 6, 7, 8],
      [0.25, 0.25, 0.25, 0.25, 5, 6, 7, 8],
    ]);
    expect(runs[0]).toMatchObject({
      hidden_states: { shape: [1, 2, 4] },
      guidance: { shape: [1], data: Float32Array.of(2.5) },
      output_tokens: { shape: [1], data: BigInt64Array.of(1n) },
      img_ids: { shape: [2, 3], data: Float32Array.of(0, 0, 0, 1, 0, 0) },
    });
  });

  it.each([
    ['edit', 0n, 1],
    ['generate', 1n, 1],
    [null, 0n, 0],
  ])('switches to the adapter %s by index and scale', async (adapter, index, scale) => {
    const { parts, runs } = fakeTransformer(() => [0, 0, 0, 0]);
    await denoise(parts, request({ adapter, steps: 1 }), ignore);
    expect(runs[0]).toMatchObject({
      adapter_index: { data: BigInt64Array.of(index) },
      adapter_scale: { data: Float32Array.of(scale) },
    });
  });

  it('leaves out inputs that the network does not have', async () => {
    const { parts, runs } = fakeTransformer(() => [0, 0, 0, 0]);
    const bare = { ...parts, adapterNames: [], isGuidanceDistilled: false };
    await denoise(bare, request({ adapter: null, steps: 1 }), ignore);
    expect(Object.keys(runs[0] ?? {}).toSorted()).toEqual([
      'encoder_hidden_states',
      'hidden_states',
      'img_ids',
      'output_tokens',
      'pooled_projections',
      'timestep',
      'txt_ids',
    ]);
  });

  it('guides away from the negative text', async () => {
    // Velocity = the text's value: 1 + 2 * (3 - 1) = 5 in each of the steps.
    const { parts, runs } = fakeTransformer(({ pooled_projections }) => {
      const value = Number(pooled_projections?.data[0]);
      return [value, value, value, value];
    });
    const negative = { prompt: prompt(1), scale: 2 };
    const result = await denoise(parts, request({ negative, steps: 2 }), ignore);
    expect(runs).toHaveLength(4);
    for (const value of result.data) expect(value).toBeCloseTo(1 - 5, 5);
  });

  it('predicts the finished picture at every step', async () => {
    const picture = [0.5, -1, 2, 0];
    const { parts } = fakeTransformer(() => picture.map((value) => 1 - value));
    const predictions: number[][] = [];
    await denoise(parts, request(), async ({ predict }) => {
      predictions.push([...predict().data]);
    });
    expect(predictions).toHaveLength(4);
    for (const prediction of predictions) {
      for (const [index, value] of picture.entries()) expect(prediction[index]).toBeCloseTo(value, 5);
    }
  });

  it('leaves the noise that it was given as it is', async () => {
    const { parts } = fakeTransformer(() => [1, 2, 3, 4]);
    const given = request();
    await denoise(parts, given, ignore);
    expect([...given.latents.data]).toEqual([1, 1, 1, 1]);
  });

  it('stops before the step after an abort', async () => {
    const { parts, runs } = fakeTransformer(() => [0, 0, 0, 0]);
    const controller = new AbortController();
    const running = denoise(parts, request({ signal: controller.signal }), async ({ step }) => {
      if (step === 2) controller.abort();
    });
    await expect(running).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(runs).toHaveLength(2);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('stops at a step that gives %d', async (bad) => {
    const { parts, runs } = fakeTransformer((_feeds, step) => (step === 1 ? [0, bad, 0, 0] : [0, 0, 0, 0]));
    await expect(denoise(parts, request(), ignore)).rejects.toMatchObject({
      code: 'NUMERIC_INVALID',
      details: { step: 2 },
    });
    expect(runs).toHaveLength(2);
  });

  it('refuses an adapter that the network does not have', async () => {
    const { parts } = fakeTransformer(() => [0, 0, 0, 0]);
    await expect(denoise(parts, request({ adapter: 'oil' }), ignore)).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      message: expect.stringContaining('none, edit, generate'),
    });
  });
});
