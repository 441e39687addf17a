import { z } from 'zod';
import { InferenceError } from '../errors.ts';
import { createChildHost } from '../runtime/child-host.ts';
import type { DeviceName } from '../runtime/device.ts';
import {
  type GenerationRequest,
  type GenerationResult,
  generationContract,
  generationRequestSchema,
} from './generation-contract.ts';
import { openVlmFolder } from './open-vlm-folder.ts';

export interface VisionLanguageModelOptions {
  readonly device?: DeviceName | undefined;
  /** Threads of one operator; default: the physical cores this process may use. */
  readonly threads?: number | undefined;
  /** Resident bytes above which the process is killed; default: no ceiling. */
  readonly memoryLimitBytes?: number | undefined;
  /** Bytes of encoded pictures that are kept; default 64 MiB. */
  readonly cacheBytes?: number | undefined;
  /** `kontext` stretches pictures to a resolution of FLUX.1-Kontext first, as DreamOmni2 shows them to its model;
   * default `own`. */
  readonly imageSizes?: 'own' | 'kontext' | undefined;
  /** How long a cancelled call may finish its token before the process is killed; default 10 s. */
  readonly cancelGraceMs?: number | undefined;
  /** Default 250 ms. */
  readonly memoryPollMs?: number | undefined;
}

export interface GenerateTextOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called with every further piece of text, whole code points; what it throws is ignored. */
  readonly onText?: ((text: string) => void) | undefined;
}

/** A Qwen2.5-VL model of this machine, in a forked process of its own. */
export interface VisionLanguageModel {
  /** The likeliest text; the same request gives the same on the same machine. Calls wait for each other.
   * @throws {InferenceError} INPUT_INVALID, INPUT_UNSUPPORTED_IMAGE, INPUT_TOO_LARGE, CANCELLED after an abort,
   * MODEL_MISSING, MODEL_INVALID, NUMERIC_INVALID, INFERENCE_OUT_OF_MEMORY, INFERENCE_CHILD_DIED. */
  generate(request: GenerationRequest, options?: GenerateTextOptions): Promise<GenerationResult>;
  /** Open the model now instead of with the first call.
   * @throws {InferenceError} MODEL_MISSING, MODEL_INVALID, INFERENCE_OUT_OF_MEMORY, INFERENCE_CHILD_DIED. */
  ready(): Promise<void>;
  /** Process id of the model's process while it runs. */
  pid(): number | undefined;
  dispose(): Promise<void>;
}

/** @param folder a Hugging Face folder: `config.json`, safetensors in one file or shards, `tokenizer.json`,
 * `preprocessor_config.json`, a chat template.
 * @throws {InferenceError} MODEL_MISSING or MODEL_INVALID when its small files cannot be read; weights and vocabulary are
 * opened later, in the model's process. */
export function createVisionLanguageModel(
  folder: string,
  options: VisionLanguageModelOptions = {},
): VisionLanguageModel {
  const opened = openVlmFolder(folder);
  const host = createChildHost(
    { contract: generationContract, entry: new URL('child', import.meta.url) },
    {
      settings: {
        folder: opened.folder,
        device: options.device ?? 'cpu',
        threads: options.threads,
        cacheBytes: options.cacheBytes,
        imageSizes: options.imageSizes ?? 'own',
      },
      memoryLimitBytes: options.memoryLimitBytes,
      memoryPollMs: options.memoryPollMs ?? 250,
      cancelGraceMs: options.cancelGraceMs ?? 10_000,
    },
  );
  return {
    async generate(request, { signal, onText } = {}) {
      return host.call(checkGenerationRequest(request), { signal, onProgress: ({ text }) => onText?.(text) });
    },
    ready: () => host.ready(),
    pid: () => host.pid(),
    dispose: () => host.dispose(),
  };
}

function checkGenerationRequest(request: GenerationRequest): GenerationRequest {
  const parsed = generationRequestSchema.safeParse(request);
  if (parsed.success) return parsed.data;
  throw new InferenceError(
    'INPUT_INVALID',
    `The language model cannot be asked this: ${z.prettifyError(parsed.error).replaceAll('\n', ' ')}`,
    {},
    { cause: parsed.error },
  );
}
