import type { ComputeType, OnnxGraph } from '../onnx/graph-types.ts';

export interface T5EncoderOptions {
  readonly modelFolder: string;
  readonly component?: string;
  readonly computeType?: ComputeType;
}

/** Input `input_ids` int64 [1, tokens]; output `hidden_states` f32 [1, tokens, d_model]. */
export declare function buildT5Encoder(options: T5EncoderOptions): OnnxGraph;
