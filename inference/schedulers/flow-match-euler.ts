import { z } from 'zod';
import { InferenceError } from '../errors.ts';

/** `scheduler_config.json` of FlowMatchEulerDiscreteScheduler; keys that do not change sampling are ignored. */
export const schedulerConfigSchema = z.object({
  _class_name: z.literal('FlowMatchEulerDiscreteScheduler').optional(),
  base_image_seq_len: z.number().positive().default(256),
  base_shift: z.number().default(0.5),
  max_image_seq_len: z.number().positive().default(4096),
  max_shift: z.number().default(1.15),
  shift: z.number().positive().default(1),
  shift_terminal: z.number().min(0).lt(1).nullish(),
  time_shift_type: z.enum(['exponential', 'linear']).default('exponential'),
  use_dynamic_shifting: z.boolean().default(false),
  invert_sigmas: z.literal(false).default(false),
  stochastic_sampling: z.literal(false).default(false),
  use_beta_sigmas: z.literal(false).nullish(),
  use_exponential_sigmas: z.literal(false).nullish(),
  use_karras_sigmas: z.literal(false).nullish(),
});

export type SchedulerConfig = z.infer<typeof schedulerConfigSchema>;

export interface FlowMatchEuler {
  /** Noise levels in [0, 1], falling; `steps + 1` values of which the last is 0. The model is told sigma itself and
   * multiplies by 1000 inside.
   * @param outputTokens tokens of the output alone: references do not shift the schedule. */
  sigmas(steps: number, outputTokens: number): readonly number[];
  /** One Euler step in place: latents += (next - sigma) * velocity, where velocity predicts noise - picture. */
  step(latents: Float32Array, velocity: Float32Array, sigma: number, nextSigma: number): void;
}

/** Flow-match Euler with resolution-dependent shift.
 * @throws {InferenceError} INPUT_INVALID from `sigmas` when steps is not a positive integer.
 * @source diffusers FlowMatchEulerDiscreteScheduler and calculate_shift of the Flux pipelines (re-derived). */
export function createFlowMatchEuler(config: SchedulerConfig): FlowMatchEuler {
  return {
    sigmas(steps, outputTokens) {
      if (!Number.isInteger(steps) || steps < 1) {
        throw new InferenceError('INPUT_INVALID', `steps must be a whole number of at least 1, got ${steps}.`);
      }
      const mu = dynamicShift(config, outputTokens);
      const shifted = linearSigmas(steps).map((sigma) =>
        config.use_dynamic_shifting
          ? timeShift(config, mu, sigma)
          : (config.shift * sigma) / (1 + (config.shift - 1) * sigma),
      );
      return [...stretchToTerminal(config, shifted).map(Math.fround), 0];
    },
    step(latents, velocity, sigma, nextSigma) {
      const delta = nextSigma - sigma;
      for (let index = 0; index < latents.length; index++) {
        latents[index] = (latents[index] ?? 0) + delta * (velocity[index] ?? 0);
      }
    },
  };
}

function linearSigmas(steps: number): readonly number[] {
  if (steps === 1) return [1];
  return Array.from({ length: steps }, (_, k) => Math.fround(1 + (k * (1 / steps - 1)) / (steps - 1)));
}

function dynamicShift(config: SchedulerConfig, tokens: number): number {
  const slope = (config.max_shift - config.base_shift) / (config.max_image_seq_len - config.base_image_seq_len);
  return config.base_shift + slope * (tokens - config.base_image_seq_len);
}

function timeShift(config: SchedulerConfig, mu: number, sigma: number): number {
  const strength = config.time_shift_type === 'exponential' ? Math.exp(mu) : mu;
  return strength / (strength + 1 / sigma - 1);
}

/** The noise level before the last step becomes `shift_terminal`, the others stretch along. */
function stretchToTerminal(config: SchedulerConfig, sigmas: readonly number[]): readonly number[] {
  const last = sigmas.at(-1);
  if (!config.shift_terminal || last === undefined || last === 1) return sigmas;
  const scale = (1 - last) / (1 - config.shift_terminal);
  return sigmas.map((sigma) => 1 - (1 - sigma) / scale);
}
