import type { TensorInfo } from '../onnx/safetensors-header.ts';

/** One adapted linear layer: `y += scale * (x · aᵀ) · bᵀ`. */
export interface LoraModule {
  /** [rank, in] */
  readonly a: TensorInfo;
  /** [out, rank] */
  readonly b: TensorInfo;
  readonly rank: number;
  /** alpha / rank, or 1 when the file carries no alpha. */
  readonly scale: number;
}

/** A LoRA as the transformer builder reads it: module names are those of the base, without `transformer.`. */
export interface LoraAdapter {
  readonly name: string;
  readonly modules: ReadonlyMap<string, LoraModule>;
}
