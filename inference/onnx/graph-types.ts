/** Element types of the tensors that enter and leave a graph (onnxruntime-node cannot carry bfloat16). */
export type TensorType = 'float32' | 'int64';

/** The type a network computes in. CPU: f32. The casts are inside the graph, its inputs and outputs stay float32. */
export type ComputeType = 'f32' | 'f16' | 'bf16';

/** One input or output of a graph; a named dimension is dynamic. */
export interface TensorSpec {
  readonly name: string;
  readonly type: TensorType;
  readonly shape: readonly (number | string)[];
}

/**
 * A serialized ONNX model whose large weights stay in their safetensors files.
 *
 * Open it with `InferenceSession.create(bytes, { extra: { session: { model_external_initializers_file_folder_path: externalDataFolder } } })`.
 */
export interface OnnxGraph {
  readonly bytes: Uint8Array;
  readonly externalDataFolder: string;
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
}
