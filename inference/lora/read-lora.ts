import { statSync } from 'node:fs';
import { join } from 'node:path';
import { InferenceError } from '../errors.ts';
import { readTensor, type WeightStore } from '../onnx/safetensors.ts';
import { readSafetensorsHeader, type SafetensorsHeader, type TensorInfo } from '../onnx/safetensors-header.ts';
import type { LoraAdapter, LoraModule } from './lora-adapter.ts';
import { adaptedModules, parseLoraKey } from './lora-keys.ts';
import { type LoraScaling, readLoraScaling } from './lora-metadata.ts';

export interface ReadLoraOptions {
  readonly name: string;
  /** A safetensors file, or a folder that holds `pytorch_lora_weights.safetensors`. */
  readonly path: string;
  /** The transformer whose modules it adapts. */
  readonly base: WeightStore;
}

export interface ReadLoraResult {
  readonly adapter: LoraAdapter;
  /** Sentences about what was left out, such as the tensors of a text encoder. */
  readonly warnings: readonly string[];
}

const FILE_IN_FOLDER = 'pytorch_lora_weights.safetensors';

/** The tensors of one module, by their names in the file. */
interface FileModule {
  down?: TensorInfo;
  up?: TensorInfo;
  alpha?: TensorInfo;
}

/**
 * Read a LoRA of a FLUX transformer in the names of diffusers, peft, kohya or the original release. Ranks and scales
 * may differ per module; weights stay in the file.
 *
 * @throws {InferenceError} MODEL_MISSING; MODEL_INVALID, naming file and key, when it is damaged, does not fit the base,
 * or holds something that a plain LoRA is not.
 */
export function readLora({ name, path, base }: ReadLoraOptions): ReadLoraResult {
  const header = readSafetensorsHeader(resolveFile(path));
  const { fileModules, textEncoderTensors } = groupTensors(header);
  const scaling = readLoraScaling(header.metadata, header.file);
  const baseModules = base
    .names()
    .flatMap((tensor) => (tensor.endsWith('.weight') ? [tensor.slice(0, -'.weight'.length)] : []));
  const modules = new Map<string, LoraModule>();
  for (const [key, fileModule] of fileModules) {
    const targets = adaptedModules(key, baseModules);
    if (targets === undefined) throw invalid(header.file, key, 'the transformer has no such layer');
    for (const [target, module] of splitModule({ file: header.file, key, fileModule, targets, base, scaling })) {
      if (modules.has(target)) throw invalid(header.file, key, `"${target}" is adapted twice`);
      modules.set(target, module);
    }
  }
  if (modules.size === 0)
    throw new InferenceError('MODEL_INVALID', `${header.file} adapts no layer of a transformer.`, {
      file: header.file,
    });
  const warnings =
    textEncoderTensors === 0
      ? []
      : [
          `${header.file}: ${textEncoderTensors} tensors of text encoders are not used; only the transformer is adapted.`,
        ];
  return { adapter: { name, modules }, warnings };
}

function resolveFile(path: string): string {
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
  return isFolder ? join(path, FILE_IN_FOLDER) : path;
}

function groupTensors(header: SafetensorsHeader): {
  readonly fileModules: ReadonlyMap<string, FileModule>;
  readonly textEncoderTensors: number;
} {
  const fileModules = new Map<string, FileModule>();
  let textEncoderTensors = 0;
  for (const key of header.otherNames) {
    if (parseLoraKey(key).kind === 'textEncoder') textEncoderTensors++;
    else throw invalid(header.file, key, 'expected float32, float16 or bfloat16');
  }
  for (const [key, tensor] of header.tensors) {
    const parsed = parseLoraKey(key);
    if (parsed.kind === 'textEncoder') {
      textEncoderTensors++;
    } else if (parsed.kind === 'unsupported') {
      throw invalid(header.file, key, 'expected the lora_A, lora_B (or lora_down, lora_up) or alpha of a layer');
    } else {
      fileModules.set(parsed.module, { ...fileModules.get(parsed.module), [parsed.kind]: tensor });
    }
  }
  return { fileModules, textEncoderTensors };
}

interface SplitModuleOptions {
  readonly file: string;
  readonly key: string;
  readonly fileModule: FileModule;
  readonly targets: readonly string[];
  readonly base: WeightStore;
  readonly scaling: LoraScaling;
}

/** A module that the base keeps in several layers shares its down factor and splits the rows of its up factor. */
function splitModule({
  file,
  key,
  fileModule,
  targets,
  base,
  scaling,
}: SplitModuleOptions): readonly (readonly [string, LoraModule])[] {
  const { down, up } = fileModule;
  if (down === undefined || up === undefined) throw invalid(file, key, 'one of its two factors is missing');
  const shapes = targets.map((target) => base.info(`${target}.weight`).shape);
  const [rank = 0] = down.shape;
  const inSize = shapes[0]?.[1] ?? 0;
  const outSize = shapes.reduce((sum, [rows = 0]) => sum + rows, 0);
  assertShape(file, key, down, [rank, inSize]);
  assertShape(file, key, up, [outSize, rank]);
  const alphaScale = fileModule.alpha === undefined ? undefined : readAlpha(file, key, fileModule.alpha) / rank;
  let row = 0;
  return targets.map((target, index) => {
    const [rows = 0] = shapes[index] ?? [];
    const b = sliceRows(up, row, rows);
    row += rows;
    return [target, { a: down, b, rank, scale: scaling.scaleOf(target, rank) ?? alphaScale ?? 1 }];
  });
}

function assertShape(file: string, key: string, factor: TensorInfo, expected: readonly [number, number]): void {
  const fits =
    factor.shape.length === 2 && expected.every((size, axis) => size === factor.shape[axis]) && expected[0] > 0;
  if (!fits) {
    throw invalid(
      file,
      key,
      `it has a factor [${factor.shape.join(', ')}], the transformer expects [${expected.join(', ')}]`,
    );
  }
}

function sliceRows(tensor: TensorInfo, start: number, rows: number): TensorInfo {
  const [allRows = 0, columns = 0] = tensor.shape;
  const rowBytes = tensor.byteLength / allRows;
  return { ...tensor, shape: [rows, columns], offset: tensor.offset + start * rowBytes, byteLength: rows * rowBytes };
}

function readAlpha(file: string, key: string, tensor: TensorInfo): number {
  const [alpha, ...more] = readTensor(tensor);
  if (alpha === undefined || more.length > 0 || !(alpha > 0) || !Number.isFinite(alpha)) {
    throw invalid(file, key, 'its alpha is not one positive number');
  }
  return alpha;
}

function invalid(file: string, key: string, problem: string): InferenceError {
  return new InferenceError('MODEL_INVALID', `${file}: "${key}" does not fit: ${problem}.`, { file, key });
}
