import { type ModelFolder, openModelFolder } from '../model-folder/open-model-folder.ts';
import type { DeviceName } from '../runtime/device.ts';
import { createInferenceHost } from '../runtime/host.ts';
import { checkRequest } from './check-request.ts';
import type { Engine, EngineDescription, EngineRenderOptions } from './engine.ts';
import type { ImageRequest, ImageResult } from './image-request.ts';

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
export type LocalEngineDescription = EngineDescription & {
  readonly defaultSteps: number;
  /** Beyond it a render warns. */
  readonly trainedImages: number;
};

/** The engine of this machine: our own networks in a forked process. */
export interface LocalEngine extends Engine {
  readonly description: LocalEngineDescription;
  /** Same request and seed: same bytes, on the same machine with the same threads. Renders wait for each other.
   * @throws {InferenceError} INPUT_INVALID (request, too many images), INPUT_UNSUPPORTED_IMAGE, INPUT_TOO_LARGE,
   * CANCELLED after an abort, MODEL_MISSING, MODEL_INVALID, NUMERIC_INVALID, INFERENCE_OUT_OF_MEMORY, INFERENCE_CHILD_DIED. */
  render(request: ImageRequest, options?: EngineRenderOptions): Promise<ImageResult>;
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
    seed: true,
    cancel: true,
    progress: true,
    previews: true,
    atOnce: 1,
  };
}

function guidanceOf(model: ModelFolder): LocalEngineDescription['guidance'] {
  if (model.trueCfgScale > 1) return { kind: 'true-cfg', default: model.trueCfgScale };
  return { kind: model.isGuidanceDistilled ? 'distilled' : 'none', default: model.guidance };
}

function jpegUrl(bytes: Uint8Array): string {
  return `data:image/jpeg;base64,${Buffer.from(bytes).toString('base64')}`;
}
