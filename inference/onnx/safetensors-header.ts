import { closeSync, openSync, readSync, realpathSync, statSync } from 'node:fs';
import { z } from 'zod';
import { InferenceError } from '../errors.ts';

export type WeightType = 'float32' | 'float16' | 'bfloat16';

/** Where a tensor lies: row-major, little-endian, `byteLength` bytes from `offset` of `file`. */
export interface TensorInfo {
  readonly dtype: WeightType;
  readonly shape: readonly number[];
  /** Absolute path of the safetensors file, links resolved. */
  readonly file: string;
  /** Bytes from the start of the file. */
  readonly offset: number;
  readonly byteLength: number;
}

export interface SafetensorsHeader {
  readonly file: string;
  /** Tensors of a type that networks compute with; others (such as int64 position ids) are left out. */
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  /** Names of the tensors of other types. */
  readonly otherNames: ReadonlySet<string>;
  readonly metadata: Readonly<Record<string, string>>;
}

const LENGTH_BYTES = 8;
// The limit of the reference implementation: a larger header means that this is no safetensors file.
const MAX_HEADER_BYTES = 100_000_000;

const BYTES_PER_ELEMENT: Readonly<Record<string, number>> = {
  BOOL: 1,
  U8: 1,
  I8: 1,
  F8_E4M3: 1,
  F8_E5M2: 1,
  I16: 2,
  U16: 2,
  F16: 2,
  BF16: 2,
  I32: 4,
  U32: 4,
  F32: 4,
  I64: 8,
  U64: 8,
  F64: 8,
};

const WEIGHT_TYPES: Readonly<Record<string, WeightType>> = { F32: 'float32', F16: 'float16', BF16: 'bfloat16' };

const naturalNumber = z.number().int().nonnegative();
const entrySchema = z.object({
  dtype: z.string(),
  shape: z.array(naturalNumber),
  data_offsets: z.tuple([naturalNumber, naturalNumber]),
});
const headerSchema = z.record(z.string(), z.unknown());
const metadataSchema = z.record(z.string(), z.string());

/**
 * Read and check the header of a safetensors file; the data is not touched.
 *
 * @throws {InferenceError} MODEL_MISSING when there is no such file; MODEL_INVALID, naming the file and what was
 * expected, when it is damaged, truncated or has bytes that no tensor describes.
 */
export function readSafetensorsHeader(path: string): SafetensorsHeader {
  const { file, sizeBytes } = locate(path);
  const descriptor = openSync(file, 'r');
  try {
    const headerBytes = Number(readBytes(descriptor, 0, LENGTH_BYTES, file).readBigUInt64LE(0));
    const dataStart = LENGTH_BYTES + headerBytes;
    if (headerBytes > MAX_HEADER_BYTES || dataStart > sizeBytes) {
      throw damaged(file, `a header of ${headerBytes} bytes does not fit into ${sizeBytes} bytes`);
    }
    const text = readBytes(descriptor, LENGTH_BYTES, headerBytes, file).toString('utf8');
    return interpret(parseJson(text, file), { file, dataStart, dataBytes: sizeBytes - dataStart });
  } finally {
    closeSync(descriptor);
  }
}

/** Read exactly `length` bytes at `position`. */
export function readBytes(descriptor: number, position: number, length: number, file: string): Buffer<ArrayBuffer> {
  // One read call carries less than 2 GiB.
  const chunkBytes = 1 << 30;
  const buffer = Buffer.alloc(length);
  for (let done = 0; done < length; ) {
    const count = readSync(descriptor, buffer, done, Math.min(chunkBytes, length - done), position + done);
    if (count === 0) throw damaged(file, `expected ${length} bytes at offset ${position}, found ${done}`);
    done += count;
  }
  return buffer;
}

function locate(path: string): { readonly file: string; readonly sizeBytes: number } {
  try {
    const file = realpathSync(path);
    return { file, sizeBytes: statSync(file).size };
  } catch (cause) {
    throw new InferenceError(
      'MODEL_MISSING',
      `${path} is missing: expected a safetensors file.`,
      { file: path },
      { cause },
    );
  }
}

function parseJson(text: string, file: string): Readonly<Record<string, unknown>> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw damaged(file, 'its header is not JSON', cause);
  }
  const parsed = headerSchema.safeParse(json);
  if (!parsed.success) throw damaged(file, 'its header is not a JSON object');
  return parsed.data;
}

interface DataRegion {
  readonly file: string;
  readonly dataStart: number;
  readonly dataBytes: number;
}

function interpret(header: Readonly<Record<string, unknown>>, region: DataRegion): SafetensorsHeader {
  const { file, dataStart, dataBytes } = region;
  const tensors = new Map<string, TensorInfo>();
  const otherNames = new Set<string>();
  const spans: { readonly name: string; readonly begin: number; readonly end: number }[] = [];
  for (const [name, value] of Object.entries(header)) {
    if (name === '__metadata__') continue;
    const entry = entrySchema.safeParse(value);
    if (!entry.success) throw damaged(file, `tensor "${name}" has no valid dtype, shape and data_offsets`);
    const { dtype, shape } = entry.data;
    const [begin, end] = entry.data.data_offsets;
    const elementBytes = BYTES_PER_ELEMENT[dtype];
    if (elementBytes === undefined) throw damaged(file, `tensor "${name}" has the unknown type ${dtype}`);
    const expectedBytes = shape.reduce((product, size) => product * size, elementBytes);
    if (end - begin !== expectedBytes) {
      throw damaged(
        file,
        `tensor "${name}" ${dtype} [${shape.join(', ')}] needs ${expectedBytes} bytes, has ${end - begin}`,
      );
    }
    if (end > dataBytes) {
      throw damaged(
        file,
        `it is truncated: tensor "${name}" ends at byte ${dataStart + end}, the file at ${dataStart + dataBytes}`,
      );
    }
    spans.push({ name, begin, end });
    const weightType = WEIGHT_TYPES[dtype];
    if (weightType === undefined) {
      otherNames.add(name);
    } else {
      tensors.set(name, { dtype: weightType, shape, file, offset: dataStart + begin, byteLength: expectedBytes });
    }
  }
  assertContiguous(spans, region);
  const metadata = metadataSchema.safeParse(header['__metadata__'] ?? {});
  if (!metadata.success) throw damaged(file, 'its __metadata__ is not a map of strings');
  return { file, tensors, otherNames, metadata: metadata.data };
}

/** The format leaves no byte of the data undescribed, so a gap or an overlap is damage. */
function assertContiguous(
  spans: readonly { readonly name: string; readonly begin: number; readonly end: number }[],
  { file, dataBytes }: DataRegion,
): void {
  let expected = 0;
  for (const span of spans.toSorted((one, other) => one.begin - other.begin || one.end - other.end)) {
    if (span.begin !== expected)
      throw damaged(file, `tensor "${span.name}" starts at ${span.begin}, expected ${expected}`);
    expected = span.end;
  }
  if (expected !== dataBytes) throw damaged(file, `its tensors end at ${expected} of ${dataBytes} data bytes`);
}

function damaged(file: string, reason: string, cause?: unknown): InferenceError {
  return new InferenceError(
    'MODEL_INVALID',
    `${file} is not a valid safetensors file: ${reason}.`,
    { file },
    { cause },
  );
}
