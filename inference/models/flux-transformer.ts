import type { LoraAdapter } from '../lora/lora-adapter.ts';
import type { ComputeType, OnnxGraph } from '../onnx/graph-types.ts';

export interface FluxTransformerOptions {
  readonly modelFolder: string;
  readonly component?: string;
  readonly adapters?: readonly LoraAdapter[];
  readonly computeType?: ComputeType;
}

/**
 * Inputs, in this order: hidden_states f32 [1, image_tokens, in_channels], encoder_hidden_states f32 [1, text_tokens, joint],
 * pooled_projections f32 [1, pooled], timestep f32 [1] (sigma, 0..1), guidance f32 [1] (only with guidance_embeds),
 * img_ids f32 [image_tokens, 3], txt_ids f32 [text_tokens, 3], output_tokens int64 [1],
 * adapter_index int64 [1] and adapter_scale f32 [1] (only with adapters; scale 0 = off, 1 = as trained).
 * Output: velocity f32 [1, output_tokens, out_channels].
 */
export interface FluxTransformerGraph extends OnnxGraph {
  /** `adapter_index` k selects `adapterNames[k]`. */
  readonly adapterNames: readonly string[];
  readonly guidanceEmbeds: boolean;
  readonly inChannels: number;
}

export declare function buildFluxTransformer(options: FluxTransformerOptions): FluxTransformerGraph;
