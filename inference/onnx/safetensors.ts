export type WeightType = 'float32' | 'float16' | 'bfloat16';

/** Where a tensor lies: row-major, little-endian, `byteLength` bytes from `offset` of `file`. */
export interface TensorInfo {
  readonly dtype: WeightType;
  readonly shape: readonly number[];
  /** Absolute path of the safetensors file. */
  readonly file: string;
  /** Bytes from the start of the file. */
  readonly offset: number;
  readonly byteLength: number;
}

/** The weights of one component folder, read in place. */
export interface WeightStore {
  readonly folder: string;
  has(name: string): boolean;
  names(): readonly string[];
  /** @throws {InferenceError} MODEL_INVALID when the weights have no tensor of this name. */
  info(name: string): TensorInfo;
  /** Copy one tensor into memory as float32. */
  readFloat32(name: string): Float32Array;
}

/** A float32 tensor in memory. */
export interface Float32Tensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

export interface SafetensorsContent {
  readonly tensors: ReadonlyMap<string, Float32Tensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

export declare function openWeights(componentFolder: string): WeightStore;
export declare function readSafetensors(path: string): SafetensorsContent;
export declare function writeSafetensors(
  path: string,
  tensors: ReadonlyMap<string, Float32Tensor>,
  metadata?: Readonly<Record<string, string>>,
): void;
