import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openWeights, readSafetensors, writeSafetensors } from '../../../../inference/onnx/safetensors.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'easel-safetensors-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

interface RawTensor {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

function writeRaw(
  file: string,
  header: Readonly<Record<string, RawTensor | object>> | string,
  data: Uint8Array,
): string {
  const json = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  const path = join(folder, file);
  writeFileSync(path, Buffer.concat([length, json, data]));
  return path;
}

const tensorOf = (...values: number[]) => ({ shape: [values.length], data: Float32Array.from(values) });

describe('writeSafetensors and readSafetensors', () => {
  test('give back names, shapes, values and metadata', () => {
    const tensor = fc.tuple(fc.nat(3), fc.nat(4)).chain(([rows, columns]) =>
      fc.record({
        shape: fc.constant([rows, columns]),
        data: fc.float32Array({ minLength: rows * columns, maxLength: rows * columns }),
      }),
    );
    const path = join(folder, 'any.safetensors');
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.string().filter((name) => name !== '__metadata__'),
          tensor,
          { maxKeys: 5, noNullPrototype: true },
        ),
        // What is no key of a plain object is none of metadata either.
        fc.dictionary(
          fc.string().filter((name) => name !== '__proto__'),
          fc.string(),
          { maxKeys: 2, noNullPrototype: true },
        ),
        (tensors, metadata) => {
          writeSafetensors(path, new Map(Object.entries(tensors)), metadata);
          const content = readSafetensors(path);
          expect(Object.fromEntries(content.tensors)).toEqual(tensors);
          expect(content.metadata).toEqual(metadata);
        },
      ),
      { numRuns: 50 },
    );
  });

  test('start the data at a multiple of 8 bytes', () => {
    const path = join(folder, 'aligned.safetensors');
    writeSafetensors(path, new Map([['a', tensorOf(1, 2)]]));
    expect(Number(readFileSync(path).readBigUInt64LE(0)) % 8).toBe(0);
  });

  test('refuse values that do not fill their shape', () => {
    const wrong = new Map([['a', { shape: [3], data: Float32Array.of(1) }]]);
    expect(() => writeSafetensors(join(folder, 'x.safetensors'), wrong)).toThrow(
      expect.objectContaining({ code: 'SHAPE_MISMATCH', message: expect.stringContaining('"a"') }),
    );
  });
});

describe('openWeights', () => {
  test('reads bfloat16, float16 and float32 alike and says where they lie', () => {
    const data = Buffer.from(Uint16Array.of(0x3f80, 0xc020, 0x3c00, 0x0000, 0x4040).buffer).subarray(0, 10);
    const header = {
      brain: { dtype: 'BF16', shape: [2], data_offsets: [0, 4] },
      half: { dtype: 'F16', shape: [], data_offsets: [4, 6] },
      full: { dtype: 'F32', shape: [1, 1], data_offsets: [6, 10] },
    } as const;
    const file = writeRaw('model.safetensors', header, data);
    const weights = openWeights(folder);
    expect(weights.names()).toEqual(['brain', 'half', 'full']);
    expect([...weights.readFloat32('brain')]).toEqual([1, -2.5]);
    expect([...weights.readFloat32('half')]).toEqual([1]);
    expect([...weights.readFloat32('full')]).toEqual([3]);
    const dataStart = readFileSync(file).length - data.length;
    expect(weights.info('full')).toMatchObject({
      dtype: 'float32',
      shape: [1, 1],
      offset: dataStart + 6,
      byteLength: 4,
    });
  });

  test('joins the shards that an index lists and skips tensors of other types', () => {
    const positions = { positions: { dtype: 'I64', shape: [1], data_offsets: [0, 8] } } as const;
    writeRaw('one.safetensors', positions, new Uint8Array(8));
    writeSafetensors(join(folder, 'two.safetensors'), new Map([['b', tensorOf(5)]]));
    const index = { weight_map: { positions: 'one.safetensors', b: 'two.safetensors' } };
    writeFileSync(join(folder, 'diffusion_pytorch_model.safetensors.index.json'), JSON.stringify(index));
    const weights = openWeights(folder);
    expect(weights.names()).toEqual(['b']);
    expect([...weights.readFloat32('b')]).toEqual([5]);
  });

  test('names the folder and what it expected when there are no weights', () => {
    expect(() => openWeights(folder)).toThrow(
      expect.objectContaining({
        code: 'MODEL_MISSING',
        message: expect.stringMatching(/easel-safetensors.*model\.safetensors/),
      }),
    );
  });

  test('names the shard that is missing', () => {
    const index = { weight_map: { a: 'gone.safetensors' } };
    writeFileSync(join(folder, 'model.safetensors.index.json'), JSON.stringify(index));
    expect(() => openWeights(folder)).toThrow(
      expect.objectContaining({ code: 'MODEL_MISSING', message: expect.stringContaining('gone.safetensors') }),
    );
  });

  test('names the shard that lacks a tensor of the index', () => {
    writeSafetensors(join(folder, 'one.safetensors'), new Map([['b', tensorOf(5)]]));
    writeFileSync(
      join(folder, 'model.safetensors.index.json'),
      JSON.stringify({ weight_map: { a: 'one.safetensors' } }),
    );
    expect(() => openWeights(folder)).toThrow(
      expect.objectContaining({ code: 'MODEL_INVALID', message: expect.stringMatching(/"a" in one\.safetensors/) }),
    );
  });

  test.each(['../secret.safetensors', '/etc/secret.safetensors', 'weights.bin'])(
    'refuses an index that points to %s',
    (file) => {
      writeFileSync(join(folder, 'model.safetensors.index.json'), JSON.stringify({ weight_map: { a: file } }));
      expect(() => openWeights(folder)).toThrow(expect.objectContaining({ code: 'MODEL_INVALID' }));
    },
  );

  test('names the tensor that the weights lack', () => {
    writeSafetensors(join(folder, 'model.safetensors'), new Map([['a', tensorOf(1)]]));
    expect(() => openWeights(folder).info('b')).toThrow(
      expect.objectContaining({ code: 'MODEL_INVALID', message: expect.stringContaining('"b"') }),
    );
  });

  const full = { a: { dtype: 'F32', shape: [2], data_offsets: [0, 8] } } as const;
  const damages: readonly (readonly [string, () => void, RegExp])[] = [
    ['an empty file', () => writeFileSync(join(folder, 'model.safetensors'), ''), /expected 8 bytes/],
    [
      'a header longer than the file',
      () => writeFileSync(join(folder, 'model.safetensors'), Buffer.alloc(9, 1)),
      /does not fit/,
    ],
    ['a header that is not JSON', () => writeRaw('model.safetensors', '{"a":', new Uint8Array()), /not JSON/],
    ['a header that is no object', () => writeRaw('model.safetensors', '7', new Uint8Array()), /not a JSON object/],
    [
      'an entry without a shape',
      () => writeRaw('model.safetensors', { a: { dtype: 'F32' } }, new Uint8Array()),
      /"a".*shape/,
    ],
    [
      'an unknown type',
      () => writeRaw('model.safetensors', { a: { ...full.a, dtype: 'F7' } }, new Uint8Array(8)),
      /F7/,
    ],
    [
      'a shape that does not fill its bytes',
      () => writeRaw('model.safetensors', { a: { ...full.a, shape: [3] } }, new Uint8Array(8)),
      /needs 12 bytes, has 8/,
    ],
    ['truncated data', () => writeRaw('model.safetensors', full, new Uint8Array(7)), /truncated: tensor "a"/],
    ['data after the last tensor', () => writeRaw('model.safetensors', full, new Uint8Array(9)), /end at 8 of 9/],
    [
      'tensors that overlap',
      () => writeRaw('model.safetensors', { ...full, b: { ...full.a, data_offsets: [4, 12] } }, new Uint8Array(12)),
      /"b" starts at 4, expected 8/,
    ],
  ];
  test.each(damages)('refuses %s, naming the file', (_, write, reason) => {
    write();
    expect(() => openWeights(folder)).toThrow(
      expect.objectContaining({ code: 'MODEL_INVALID', message: expect.stringMatching(reason) }),
    );
    expect(() => openWeights(folder)).toThrow(
      expect.objectContaining({ message: expect.stringContaining(join(folder, 'model.safetensors')) }),
    );
  });
});
