import type { ComputeType, OnnxGraph } from '../onnx/graph-types.ts';

export interface ClipTextOptions {
  readonly modelFolder: string;
  readonly component?: string;
  readonly computeType?: ComputeType;
}

/** Input `input_ids` int64 [1, tokens]; output `pooled` f32 [1, hidden]. */
export interface ClipTextGraph extends OnnxGraph {
  /** Padded length of `input_ids` (max_position_embeddings). */
  readonly maxTokens: number;
}

export declare function buildClipText(options: ClipTextOptions): ClipTextGraph;
