import type { Picture, Size } from '../image/picture.ts';
import { createByteCache } from '../runtime/byte-cache.ts';
import { yieldToCancellation } from '../runtime/cancellation.ts';
import type { Tokens } from '../runtime/packing.ts';
import { decodeLatents } from './decode.ts';
import { denoise } from './denoise.ts';
import { encodeImage, tokensBytes } from './encode-image.ts';
import { type EncodedPrompt, encodedPromptBytes, encodePrompt } from './encode-prompt.ts';
import type { LoadedModel } from './load-model.ts';
import { type Noise, prepareLatents } from './prepare-latents.ts';

export interface RenderRequest {
  readonly prompt: string;
  /** Used when `trueCfgScale` is above 1; default: the empty text. */
  readonly negativePrompt?: string | undefined;
  /** In the model's order, already at sizes that are multiples of the packed latent patch. */
  readonly pictures: readonly Picture[];
  /** Name of an adapter, or null for none. */
  readonly adapter: string | null;
  readonly size: Size;
  readonly steps: number;
  readonly guidance: number;
  readonly trueCfgScale: number;
  readonly noise: Noise;
}

interface RenderOptions {
  readonly signal?: AbortSignal | undefined;
  /** Awaited after each step; a preview comes with every `previewEvery`-th, the last excepted. */
  readonly onStep?: ((step: RenderStep) => void | Promise<void>) | undefined;
  /** 0 (the default) makes no previews. */
  readonly previewEvery?: number | undefined;
}

export interface RenderStep {
  /** 1..steps */
  readonly step: number;
  readonly steps: number;
  readonly preview?: Picture;
}

/** Milliseconds. */
export interface RenderTimings {
  readonly encode: number;
  readonly denoise: number;
  readonly decode: number;
  readonly total: number;
}

interface RenderResult {
  readonly picture: Picture;
  /** Packed latents after the last step, before unscaling. */
  readonly latents: Tokens;
  readonly warnings: readonly string[];
  readonly timings: RenderTimings;
}

/** Pictures and a text in, one picture out. Calls must not overlap: the networks share the cores. */
export interface RenderPipeline {
  /** @throws {InferenceError} INPUT_INVALID, SHAPE_MISMATCH, CANCELLED, NUMERIC_INVALID, INFERENCE_OUT_OF_MEMORY. */
  render(request: RenderRequest, options?: RenderOptions): Promise<RenderResult>;
}

export interface RenderPipelineOptions {
  /** Bytes of text embeddings and reference latents that are kept, each; default 64 MiB. */
  readonly cacheBytes?: number | undefined;
}

export function createRenderPipeline(
  loaded: LoadedModel,
  { cacheBytes = 64 * 2 ** 20 }: RenderPipelineOptions = {},
): RenderPipeline {
  const prompts = createByteCache<EncodedPrompt>(cacheBytes, encodedPromptBytes);
  const pictures = createByteCache<Tokens>(cacheBytes, tokensBytes);

  return {
    async render(request, { signal, onStep, previewEvery = 0 } = {}) {
      const start = performance.now();

      // 1. The text, and the text to stay away from.
      const prompt = await encodePrompt(loaded, prompts, request.prompt);
      const negative =
        request.trueCfgScale > 1
          ? {
              prompt: await encodePrompt(loaded, prompts, request.negativePrompt ?? ''),
              scale: request.trueCfgScale,
            }
          : undefined;

      // 2. The references, one by one: their shapes differ.
      const references: Tokens[] = [];
      for (const picture of request.pictures) {
        await yieldToCancellation(signal);
        references.push(await encodeImage(loaded, pictures, picture));
      }

      // 3. The starting noise.
      const noise = prepareLatents(loaded, request.size, request.noise);
      const encoded = performance.now();

      // 4. Denoise.
      const latents = await denoise(
        loaded,
        {
          latents: noise,
          references,
          prompt,
          negative,
          adapter: request.adapter,
          guidance: request.guidance,
          steps: request.steps,
          signal,
        },
        async ({ step, steps, predict }) => {
          const isPreview = previewEvery > 0 && step % previewEvery === 0 && step < steps;
          const preview = isPreview ? { preview: await decodeLatents(loaded, predict()) } : {};
          await onStep?.({ step, steps, ...preview });
        },
      );
      const denoised = performance.now();

      // 5. Decode.
      await yieldToCancellation(signal);
      const picture = await decodeLatents(loaded, latents);
      const end = performance.now();

      return {
        picture,
        latents,
        warnings: [...loaded.warnings, ...prompt.warnings],
        timings: {
          encode: encoded - start,
          denoise: denoised - encoded,
          decode: end - denoised,
          total: end - start,
        },
      };
    },
  };
}
