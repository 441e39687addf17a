import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFlowMatchEuler, schedulerConfigSchema } from '../../../../inference/schedulers/flow-match-euler.ts';

/** scheduler_config.json of FLUX.1. */
const FLUX = {
  _class_name: 'FlowMatchEulerDiscreteScheduler',
  base_image_seq_len: 256,
  base_shift: 0.5,
  max_image_seq_len: 4096,
  max_shift: 1.15,
  num_train_timesteps: 1000,
  shift: 3,
  use_dynamic_shifting: true,
};

const scheduler = (overrides: object = {}) =>
  createFlowMatchEuler(schedulerConfigSchema.parse({ ...FLUX, ...overrides }));

describe('sigmas', () => {
  it('matches diffusers for 30 steps at 4096 tokens', () => {
    const sigmas = scheduler().sigmas(30, 4096);
    expect(sigmas).toHaveLength(31);
    const expected = [
      [0, 1],
      [1, 0.9891994],
      [2, 0.9778833],
      [27, 0.2597584],
      [28, 0.1840633],
      [29, 0.098208],
      [30, 0],
    ] as const;
    for (const [index, sigma] of expected) expect(sigmas[index]).toBeCloseTo(sigma, 6);
  });

  it('matches diffusers for 3840 tokens', () => {
    const sigmas = scheduler().sigmas(30, 3840);
    expect(sigmas[1]).toBeCloseTo(0.9887265, 6);
    expect(sigmas[29]).toBeCloseTo(0.0944366, 6);
  });

  it('uses the fixed shift without dynamic shifting', () => {
    // shift * s / (1 + (shift - 1) * s) at s = 1, 0.75, 0.5, 0.25.
    const sigmas = scheduler({ use_dynamic_shifting: false }).sigmas(4, 4096);
    for (const [index, sigma] of [1, 0.9, 0.75, 0.5, 0].entries()) {
      expect(sigmas[index]).toBeCloseTo(sigma, 6);
    }
  });

  it('shifts linearly in mu when told so', () => {
    const sigmas = scheduler({ time_shift_type: 'linear' }).sigmas(2, 4096);
    expect(sigmas[1]).toBeCloseTo(1.15 / (1.15 + 1), 6);
  });

  it('stretches to a terminal noise level', () => {
    const sigmas = scheduler({ shift_terminal: 0.02 }).sigmas(8, 1024);
    expect(sigmas[7]).toBeCloseTo(0.02, 6);
    expect(sigmas[0]).toBe(1);
  });

  it('falls from 1 to 0 for every number of steps and tokens', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 8192 }), (steps, tokens) => {
        const sigmas = scheduler().sigmas(steps, tokens);
        expect(sigmas[0]).toBe(1);
        expect(sigmas.at(-1)).toBe(0);
        for (const [index, sigma] of sigmas.slice(1).entries()) {
          expect(sigma).toBeLessThan(sigmas[index] ?? 0);
        }
      }),
    );
  });

  it.each([0, -1, 1.5, Number.NaN])('refuses %d steps', (steps) => {
    expect(() => scheduler().sigmas(steps, 64)).toThrow(expect.objectContaining({ code: 'INPUT_INVALID' }));
  });
});

describe('step', () => {
  it('reaches the picture exactly when the velocity is noise minus picture', () => {
    const picture = Float32Array.of(0.5, -1, 2);
    const latents = Float32Array.of(1, 0.25, -0.75);
    const velocity = latents.map((noise, index) => noise - (picture[index] ?? 0));
    const euler = scheduler();
    const sigmas = euler.sigmas(7, 64);
    for (let index = 0; index < 7; index++) {
      euler.step(latents, velocity, sigmas[index] ?? 0, sigmas[index + 1] ?? 0);
    }
    for (const [index, value] of picture.entries()) expect(latents[index]).toBeCloseTo(value, 5);
  });
});

describe('schedulerConfigSchema', () => {
  it.each(['use_karras_sigmas', 'stochastic_sampling', 'invert_sigmas'])('refuses %s', (key) => {
    expect(schedulerConfigSchema.safeParse({ ...FLUX, [key]: true }).success).toBe(false);
  });
});
