import type { WeightStore } from '../onnx/safetensors.ts';
import type { LoraAdapter } from './lora-adapter.ts';

export interface ReadLoraOptions {
  readonly name: string;
  /** A safetensors file, or a folder that holds `pytorch_lora_weights.safetensors`. */
  readonly path: string;
  /** The transformer whose modules it adapts. */
  readonly base: WeightStore;
}

export interface ReadLoraResult {
  readonly adapter: LoraAdapter;
  /** Sentences about keys that were left out, such as those of a text encoder. */
  readonly warnings: readonly string[];
}

/** @throws {InferenceError} MODEL_MISSING, MODEL_INVALID (naming file and key). */
export declare function readLora(options: ReadLoraOptions): ReadLoraResult;
