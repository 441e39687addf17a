import { z } from 'zod';
import { InferenceError } from '../errors.ts';
import { type ModelFolder, openModelFolder } from '../model-folder/open-model-folder.ts';
import type { DeviceName } from '../runtime/device.ts';
import { createInferenceHost } from '../runtime/host.ts';
import { type ImageRequest, type ImageResult, imageRequestSchema } from './image-request.ts';
import { requireImageCount } from './render-model.ts';

export interface LocalEngineOptions {
  readonly modelFolder: string;
  readonly device?: DeviceName | undefined;
  /** Threads of one operator; default: the physical cores this process may use. */
  readonly threads?: number | undefined;
  /** Resident bytes above which the inference process is killed; default: no ceiling. */
  readonly memoryLimitBytes?: number | undefined;
  /** Bytes of text embeddings and of reference latents that are kept, each; default 64 MiB. */
  readonly cacheBytes?: number | undefined;
  /** How long a cancelled render may finish its step before the process is killed; default 10 s. */
  readonly cancelGraceMs?: number | undefined;
  /** Default 250 ms. */
  readonly memoryPollMs?: number | undefined;
}

/** What the engine says about itself, known without loading it. */
export interface LocalEngineDescription {
  /** Slug [a-z0-9-]. */
  readonly id: string;
  /** Name and version of the model. */
  readonly model: string;
  readonly licence: string;
  readonly attribution: readonly string[];
  /** Images per render, base included. */
  readonly maxImages: number;
  /** Beyond it a render warns. */
  readonly trainedImages: number;
  readonly defaultSteps: number;
  readonly guidance: { readonly kind: 'distilled' | 'true-cfg' | 'none'; readonly default: number };
  readonly size: {
    readonly multiple: number;
    readonly rule: 'native' | 'kontext';
    readonly native: readonly (readonly [number, number])[];
  };
  /** Beside `none`. */
  readonly adapters: readonly string[];
  readonly cancel: true;
  readonly progress: true;
}

export interface LocalEngineStep {
  /** Denoising steps done, 1..steps. */
  readonly step: number;
  readonly steps: number;
  /** A small JPEG of the picture as predicted now; some steps have one. */
  readonly previewDataUrl?: string;
}

export interface LocalRenderOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called after each step; what it throws is ignored. */
  readonly onStep?: ((step: LocalEngineStep) => void) | undefined;
}

/** The engine of this machine: our own networks in a forked process. */
export interface LocalEngine {
  readonly description: LocalEngineDescription;
  /** Same request and seed: same bytes, on the same machine with the same threads. Renders wait for each other.
   * @throws {InferenceError} INPUT_INVALID (request, too many images), INPUT_UNSUPPORTED_IMAGE, INPUT_TOO_LARGE,
   * CANCELLED after an abort, MODEL_MISSING, MODEL_INVALID, NUMERIC_INVALID, INFERENCE_OUT_OF_MEMORY, INFERENCE_CHILD_DIED. */
  render(request: ImageRequest, options?: LocalRenderOptions): Promise<ImageResult>;
  /** Open the model now instead of with the first render.
   * @throws {InferenceError} MODEL_MISSING, MODEL_INVALID, INFERENCE_OUT_OF_MEMORY, INFERENCE_CHILD_DIED. */
  ready(): Promise<void>;
  /** Process id of the inference process while it runs. */
  pid(): number | undefined;
  dispose(): Promise<void>;
}

/** @throws {InferenceError} MODEL_MISSING or MODEL_INVALID when the folder's own files cannot be read; weights are
 * opened later, in the inference process. */
export function createLocalEngine(options: LocalEngineOptions): LocalEngine {
  const model = openModelFolder(options.modelFolder);
  const host = createInferenceHost({
    start: {
      modelFolder: model.folder,
      device: options.device ?? 'cpu',
      threads: options.threads,
      cacheBytes: options.cacheBytes,
    },
    memoryLimitBytes: options.memoryLimitBytes,
    memoryPollMs: options.memoryPollMs ?? 250,
    cancelGraceMs: options.cancelGraceMs ?? 10_000,
  });
  return {
    description: describeModel(model),
    async render(request, { signal, onStep } = {}) {
      const checked = checkRequest(request, model.maxImages);
      return host.render(checked, {
        signal,
        previews: onStep !== undefined,
        onStep: ({ preview, ...step }) => onStep?.({ ...step, ...(preview && { previewDataUrl: jpegUrl(preview) }) }),
      });
    },
    ready: () => host.ready(),
    pid: () => host.pid(),
    dispose: () => host.dispose(),
  };
}

function describeModel(model: ModelFolder): LocalEngineDescription {
  return {
    id: model.id,
    model: `${model.name} ${model.version}`,
    licence: model.licence ?? 'not stated',
    attribution: model.attribution,
    maxImages: model.maxImages,
    trainedImages: model.trainedImages,
    defaultSteps: model.steps,
    guidance: guidanceOf(model),
    size: {
      multiple: model.size.multiple,
      rule: model.size.rule,
      native:
        model.size.rule === 'native' ? model.size.native.map(({ width, height }) => [width, height] as const) : [],
    },
    adapters: model.adapters.map(({ name }) => name),
    cancel: true,
    progress: true,
  };
}

function guidanceOf(model: ModelFolder): LocalEngineDescription['guidance'] {
  if (model.trueCfgScale > 1) return { kind: 'true-cfg', default: model.trueCfgScale };
  return { kind: model.isGuidanceDistilled ? 'distilled' : 'none', default: model.guidance };
}

function checkRequest(request: ImageRequest, maxImages: number): ImageRequest {
  const parsed = imageRequestSchema.safeParse(request);
  if (!parsed.success) {
    throw new InferenceError('INPUT_INVALID', z.prettifyError(parsed.error).replaceAll('\n', ' '));
  }
  const { mode, images } = parsed.data;
  requireImageCount(images.length, maxImages);
  if (mode === 'edit' && images.length === 0) {
    throw new InferenceError('INPUT_INVALID', 'An edit needs at least one image: the base.');
  }
  return parsed.data;
}

function jpegUrl(bytes: Uint8Array): string {
  return `data:image/jpeg;base64,${Buffer.from(bytes).toString('base64')}`;
}
