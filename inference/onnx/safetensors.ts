import { closeSync, existsSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { InferenceError } from '../errors.ts';
import { decodeBfloat16, decodeFloat16 } from './half-precision.ts';
import { readBytes, readSafetensorsHeader, type TensorInfo } from './safetensors-header.ts';

/** The weights of one component folder, read in place. */
export interface WeightStore {
  readonly folder: string;
  has(name: string): boolean;
  names(): readonly string[];
  /** @throws {InferenceError} MODEL_INVALID when the weights have no float tensor of this name. */
  info(name: string): TensorInfo;
  /** Copy one tensor into memory. */
  readFloat32(name: string): Float32Array;
}

/** A float32 tensor in memory, row-major. */
export interface Float32Tensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

export interface SafetensorsContent {
  readonly tensors: ReadonlyMap<string, Float32Tensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

// diffusers writes the first name, transformers the second.
const WEIGHT_FILE_STEMS = ['diffusion_pytorch_model', 'model'] as const;

const indexSchema = z.object({
  // A plain file name: an index must not reach out of its folder.
  weight_map: z.record(z.string(), z.string().regex(/^[^/\\]+\.safetensors$/)),
});

/**
 * Open the weights of a component folder: one safetensors file, or shards listed by an index. Headers are read and
 * checked, the data stays on disk.
 *
 * @throws {InferenceError} MODEL_MISSING, MODEL_INVALID (naming the file and what was expected).
 */
export function openWeights(componentFolder: string): WeightStore {
  const tensors = collectTensors(componentFolder);
  const info = (name: string): TensorInfo => {
    const tensor = tensors.get(name);
    if (tensor === undefined) {
      throw new InferenceError('MODEL_INVALID', `The weights in ${componentFolder} lack the float tensor "${name}".`, {
        folder: componentFolder,
        tensor: name,
      });
    }
    return tensor;
  };
  return {
    folder: componentFolder,
    has: (name) => tensors.has(name),
    names: () => [...tensors.keys()],
    info,
    readFloat32: (name) => readTensor(info(name)),
  };
}

/** Read a whole safetensors file of float tensors into memory. */
export function readSafetensors(path: string): SafetensorsContent {
  const header = readSafetensorsHeader(path);
  const tensors = new Map<string, Float32Tensor>();
  for (const [name, info] of header.tensors) tensors.set(name, { shape: info.shape, data: readTensor(info) });
  return { tensors, metadata: header.metadata };
}

/** Write float32 tensors; the data starts at a multiple of 8 bytes, so that any reader can map it. */
export function writeSafetensors(
  path: string,
  tensors: ReadonlyMap<string, Float32Tensor>,
  metadata: Readonly<Record<string, string>> = {},
): void {
  const header: Record<string, unknown> = Object.keys(metadata).length === 0 ? {} : { __metadata__: metadata };
  const parts: Uint8Array[] = [];
  let end = 0;
  for (const [name, { shape, data }] of tensors) {
    const elements = shape.reduce((product, size) => product * size, 1);
    if (elements !== data.length) {
      throw new InferenceError(
        'SHAPE_MISMATCH',
        `Tensor "${name}" has ${data.length} values for shape [${shape.join(', ')}].`,
      );
    }
    const begin = end;
    end += data.byteLength;
    header[name] = { dtype: 'F32', shape, data_offsets: [begin, end] };
    parts.push(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  const json = Buffer.from(JSON.stringify(header));
  const padded = Buffer.alloc(Math.ceil(json.length / 8) * 8, ' ');
  json.copy(padded);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded.length));
  writeFileSync(path, Buffer.concat([length, padded, ...parts]));
}

function collectTensors(folder: string): ReadonlyMap<string, TensorInfo> {
  for (const stem of WEIGHT_FILE_STEMS) {
    const index = join(folder, `${stem}.safetensors.index.json`);
    if (existsSync(index)) return collectShards(folder, index);
    const file = join(folder, `${stem}.safetensors`);
    if (existsSync(file)) return readSafetensorsHeader(file).tensors;
  }
  const expected = WEIGHT_FILE_STEMS.map((stem) => `${stem}.safetensors`).join(' or ');
  throw new InferenceError('MODEL_MISSING', `${folder} has no weights: expected ${expected} (or its .index.json).`, {
    folder,
  });
}

function collectShards(folder: string, indexPath: string): ReadonlyMap<string, TensorInfo> {
  const weightMap = parseIndex(indexPath);
  const shards = new Map(
    [...new Set(Object.values(weightMap))].map((file) => [file, readSafetensorsHeader(join(folder, file))]),
  );
  const tensors = new Map<string, TensorInfo>();
  for (const [name, file] of Object.entries(weightMap)) {
    const shard = shards.get(file);
    if (shard?.otherNames.has(name)) continue;
    const tensor = shard?.tensors.get(name);
    if (tensor === undefined) {
      throw new InferenceError(
        'MODEL_INVALID',
        `${indexPath} expects the tensor "${name}" in ${file}, which has none.`,
        {
          file: join(folder, file),
          tensor: name,
        },
      );
    }
    tensors.set(name, tensor);
  }
  return tensors;
}

function parseIndex(indexPath: string): Readonly<Record<string, string>> {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(indexPath, 'utf8'));
  } catch (cause) {
    throw new InferenceError('MODEL_INVALID', `${indexPath} is not JSON.`, { file: indexPath }, { cause });
  }
  const parsed = indexSchema.safeParse(json);
  if (!parsed.success) {
    throw new InferenceError('MODEL_INVALID', `${indexPath} must map tensor names to files in "weight_map".`, {
      file: indexPath,
    });
  }
  return parsed.data.weight_map;
}

/** Copy a tensor into memory as float32. */
export function readTensor(info: TensorInfo): Float32Array {
  const descriptor = openSync(info.file, 'r');
  try {
    const bytes = readBytes(descriptor, info.offset, info.byteLength, info.file);
    if (info.dtype === 'float32') return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
    const bits = new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 2);
    return info.dtype === 'float16' ? decodeFloat16(bits) : decodeBfloat16(bits);
  } finally {
    closeSync(descriptor);
  }
}
