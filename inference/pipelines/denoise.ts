import { InferenceError } from '../errors.ts';
import { yieldToCancellation } from '../runtime/cancellation.ts';
import { pictureIds, type Tokens } from '../runtime/packing.ts';
import { floatOutput, type Tensors } from '../runtime/session.ts';
import type { EncodedPrompt } from './encode-prompt.ts';
import type { LoadedModel } from './load-model.ts';

/** What denoising needs of a model. */
export type DenoiseParts = Pick<LoadedModel, 'transformer' | 'scheduler' | 'adapterNames' | 'isGuidanceDistilled'>;

export interface DenoiseRequest {
  /** Starting noise; it is not changed. */
  readonly latents: Tokens;
  readonly references: readonly Tokens[];
  readonly prompt: EncodedPrompt;
  /** With it every step runs twice: negative + scale * (positive - negative). */
  readonly negative?: { readonly prompt: EncodedPrompt; readonly scale: number } | undefined;
  /** Null runs the transformer without any adapter. */
  readonly adapter: string | null;
  readonly guidance: number;
  readonly steps: number;
  readonly signal?: AbortSignal | undefined;
}

/** After one step. */
export interface DenoiseProgress {
  /** 1..steps */
  readonly step: number;
  readonly steps: number;
  /** The finished picture as predicted now: latents - sigma * velocity. Computed when asked for. */
  readonly predict: () => Tokens;
}

/** Turn noise into the tokens of a picture. References stay clean and share the timestep of the noise.
 * @param onStep awaited after each step.
 * @throws {InferenceError} CANCELLED between steps, NUMERIC_INVALID when a step leaves the finite numbers,
 * INPUT_INVALID for an unknown adapter or number of steps. */
export async function denoise(
  parts: DenoiseParts,
  request: DenoiseRequest,
  onStep: (progress: DenoiseProgress) => Promise<void>,
): Promise<Tokens> {
  const { latents: noise, references, negative, steps, signal } = request;
  const latents = noise.data.slice();
  const stream = concatenate([noise, ...references]);
  const constants = constantFeeds(parts, request);
  const positiveFeeds = { ...constants, ...promptFeeds(request.prompt) };
  const negativeFeeds = negative && { ...constants, ...promptFeeds(negative.prompt) };
  const outputTokens = noise.gridHeight * noise.gridWidth;
  const sigmas = parts.scheduler.sigmas(steps, outputTokens);

  for (let index = 0; index < steps; index++) {
    await yieldToCancellation(signal);
    const sigma = sigmas[index] ?? 0;
    const nextSigma = sigmas[index + 1] ?? 0;
    stream.set(latents);
    const moving = {
      hidden_states: { shape: [1, stream.length / noise.channels, noise.channels], data: stream },
      timestep: { shape: [1], data: Float32Array.of(sigma) },
    };
    const velocity = await predictVelocity(parts, { ...positiveFeeds, ...moving });
    if (negative && negativeFeeds) {
      await yieldToCancellation(signal);
      const against = await predictVelocity(parts, { ...negativeFeeds, ...moving });
      guideInPlace(velocity, against, negative.scale);
    }
    parts.scheduler.step(latents, velocity, sigma, nextSigma);
    requireFinite(latents, index + 1);
    await onStep({
      step: index + 1,
      steps,
      predict: () => ({ ...noise, data: latents.map((value, at) => value - nextSigma * (velocity[at] ?? 0)) }),
    });
  }
  return { ...noise, data: latents };
}

function constantFeeds(
  { isGuidanceDistilled, adapterNames }: DenoiseParts,
  { latents, references, adapter, guidance, prompt }: DenoiseRequest,
): Tensors {
  const ids = pictureIds(latents, references);
  const outputTokens = latents.gridHeight * latents.gridWidth;
  return {
    img_ids: { shape: [ids.length / 3, 3], data: ids },
    txt_ids: { shape: [prompt.textTokens, 3], data: new Float32Array(prompt.textTokens * 3) },
    output_tokens: { shape: [1], data: BigInt64Array.of(BigInt(outputTokens)) },
    ...(isGuidanceDistilled && {
      guidance: { shape: [1], data: Float32Array.of(guidance) },
    }),
    ...adapterFeeds(adapterNames, adapter),
  };
}

function adapterFeeds(names: readonly string[], adapter: string | null): Tensors {
  const index = adapter === null ? -1 : names.indexOf(adapter);
  if (adapter !== null && index < 0) {
    throw new InferenceError(
      'INPUT_INVALID',
      `The model has no adapter "${adapter}"; it has: ${['none', ...names].join(', ')}.`,
      { adapter },
    );
  }
  if (names.length === 0) return {};
  return {
    adapter_index: { shape: [1], data: BigInt64Array.of(BigInt(Math.max(index, 0))) },
    adapter_scale: { shape: [1], data: Float32Array.of(index < 0 ? 0 : 1) },
  };
}

function promptFeeds({ pooled, hidden, textTokens }: EncodedPrompt): Tensors {
  return {
    encoder_hidden_states: { shape: [1, textTokens, hidden.length / textTokens], data: hidden },
    pooled_projections: { shape: [1, pooled.length], data: pooled },
  };
}

async function predictVelocity({ transformer }: DenoiseParts, feeds: Tensors): Promise<Float32Array> {
  return floatOutput(await transformer.run(feeds), 'velocity');
}

function concatenate(pictures: readonly Tokens[]): Float32Array {
  const stream = new Float32Array(pictures.reduce((sum, { data }) => sum + data.length, 0));
  let offset = 0;
  for (const { data } of pictures) {
    stream.set(data, offset);
    offset += data.length;
  }
  return stream;
}

function guideInPlace(out: Float32Array, negative: Float32Array, scale: number): void {
  for (let index = 0; index < out.length; index++) {
    const against = negative[index] ?? 0;
    out[index] = against + scale * ((out[index] ?? 0) - against);
  }
}

function requireFinite(latents: Float32Array, step: number): void {
  if (latents.every(Number.isFinite)) return;
  throw new InferenceError(
    'NUMERIC_INVALID',
    `Step ${step} produced numbers that are not finite: weights are damaged or overflow in this type.`,
    { step },
  );
}
