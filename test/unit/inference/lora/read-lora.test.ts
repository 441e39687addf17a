import { mkdirSync, mkdtempSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { LoraModule } from '../../../../inference/lora/lora-adapter.ts';
import { readLora } from '../../../../inference/lora/read-lora.ts';
import {
  type Float32Tensor,
  openWeights,
  readTensor,
  writeSafetensors,
} from '../../../../inference/onnx/safetensors.ts';

const WIDTH = 4;
const DOUBLE = 'transformer_blocks.0';
const SINGLE = 'single_transformer_blocks.0';
const BASE_SHAPES: Readonly<Record<string, readonly [number, number]>> = {
  x_embedder: [WIDTH, 3],
  [`${DOUBLE}.attn.to_q`]: [WIDTH, WIDTH],
  [`${DOUBLE}.attn.to_k`]: [WIDTH, WIDTH],
  [`${DOUBLE}.attn.to_v`]: [WIDTH, WIDTH],
  [`${DOUBLE}.attn.to_out.0`]: [WIDTH, WIDTH],
  [`${DOUBLE}.ff.net.0.proj`]: [8, WIDTH],
  [`${SINGLE}.attn.to_q`]: [WIDTH, WIDTH],
  [`${SINGLE}.attn.to_k`]: [WIDTH, WIDTH],
  [`${SINGLE}.attn.to_v`]: [WIDTH, WIDTH],
  [`${SINGLE}.proj_mlp`]: [8, WIDTH],
};

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'easel-lora-'));
  mkdirSync(join(folder, 'transformer'));
  const tensors = Object.entries(BASE_SHAPES).map(([name, shape]) => [`${name}.weight`, counting(shape)] as const);
  writeSafetensors(join(folder, 'transformer', 'diffusion_pytorch_model.safetensors'), new Map(tensors));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function counting(shape: readonly number[]): Float32Tensor {
  const size = shape.reduce((product, length) => product * length, 1);
  return { shape, data: Float32Array.from({ length: size }, (_, index) => index) };
}

const scalar = (value: number): Float32Tensor => ({ shape: [], data: Float32Array.of(value) });

/** The two factors of a layer with the given names. */
const factors = (down: string, up: string, [out, input]: readonly [number, number], rank: number) => ({
  [down]: counting([rank, input]),
  [up]: counting([out, rank]),
});

const peft = (module: string, shape: readonly [number, number], rank: number) =>
  factors(`transformer.${module}.lora_A.weight`, `transformer.${module}.lora_B.weight`, shape, rank);

function read(tensors: Readonly<Record<string, Float32Tensor>>, metadata: Readonly<Record<string, string>> = {}) {
  const path = join(folder, 'pytorch_lora_weights.safetensors');
  writeSafetensors(path, new Map(Object.entries(tensors)), metadata);
  return readLora({ name: 'edit', path, base: openWeights(join(folder, 'transformer')) });
}

const failure = (message: RegExp) =>
  expect.objectContaining({ code: 'MODEL_INVALID', message: expect.stringMatching(message) });

const SQUARE = [WIDTH, WIDTH] as const;
const QUERY = `${DOUBLE}.attn.to_q`;

function moduleOf(modules: ReadonlyMap<string, LoraModule>, name: string): LoraModule {
  const module = modules.get(name);
  if (module === undefined) throw new Error(`no module ${name}`);
  return module;
}

describe('readLora', () => {
  test('takes every rank from the shapes and a missing alpha as scale 1', () => {
    const { adapter, warnings } = read({
      ...peft(QUERY, SQUARE, 2),
      ...peft(`${DOUBLE}.ff.net.0.proj`, [8, WIDTH], 5),
    });
    expect(adapter.name).toBe('edit');
    expect([...adapter.modules].map(([name, { rank, scale }]) => [name, rank, scale])).toEqual([
      [QUERY, 2, 1],
      [`${DOUBLE}.ff.net.0.proj`, 5, 1],
    ]);
    expect(warnings).toEqual([]);
  });

  test('finds the file in a folder', () => {
    read(peft(QUERY, SQUARE, 2));
    const { adapter } = readLora({ name: 'edit', path: folder, base: openWeights(join(folder, 'transformer')) });
    expect(adapter.modules.size).toBe(1);
  });

  test('divides the alpha of a layer by its rank', () => {
    const { adapter } = read({ ...peft(QUERY, SQUARE, 4), [`transformer.${QUERY}.alpha`]: scalar(2) });
    expect(adapter.modules.get(QUERY)?.scale).toBe(0.5);
  });

  test('prefers the alphas of the header, by layer where it has patterns', () => {
    const metadata = { 'transformer.lora_alpha': 8, 'transformer.alpha_pattern': { 'attn.to_k': 1 } };
    const tensors = {
      ...peft(QUERY, SQUARE, 4),
      ...peft(`${DOUBLE}.attn.to_k`, SQUARE, 2),
      [`transformer.${QUERY}.alpha`]: scalar(3),
    };
    const { adapter } = read(tensors, { lora_adapter_metadata: JSON.stringify(metadata) });
    expect(adapter.modules.get(QUERY)?.scale).toBe(2);
    expect(adapter.modules.get(`${DOUBLE}.attn.to_k`)?.scale).toBe(0.5);
  });

  test('divides by the root of the rank where the header asks for it', () => {
    const metadata = { 'transformer.lora_alpha': 8, 'transformer.use_rslora': true };
    const { adapter } = read(peft(QUERY, SQUARE, 4), { lora_adapter_metadata: JSON.stringify(metadata) });
    expect(adapter.modules.get(QUERY)?.scale).toBe(4);
  });

  test.each([
    ['lora_unet_double_blocks_0_img_attn_qkv', 'lora_down', 'lora_up'],
    ['diffusion_model.double_blocks.0.img_attn.qkv', 'lora_A', 'lora_B'],
    ['base_model.model.double_blocks.0.img_attn.qkv', 'lora_A', 'lora_B'],
  ])('splits the fused attention of %s into three layers that share a factor', (module, down, up) => {
    const { adapter } = read({
      ...factors(`${module}.${down}.weight`, `${module}.${up}.weight`, [3 * WIDTH, WIDTH], 2),
      [`${module}.alpha`]: scalar(1),
    });
    expect([...adapter.modules.keys()]).toEqual(['to_q', 'to_k', 'to_v'].map((name) => `${DOUBLE}.attn.${name}`));
    const key = moduleOf(adapter.modules, `${DOUBLE}.attn.to_k`);
    expect(key.scale).toBe(0.5);
    expect([...readTensor(key.a)]).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect([...readTensor(key.b)]).toEqual([8, 9, 10, 11, 12, 13, 14, 15]);
  });

  test('splits the fused attention and mlp of a single block by the rows of the base', () => {
    const module = 'lora_unet_single_blocks_0_linear1';
    const { adapter } = read(factors(`${module}.lora_down.weight`, `${module}.lora_up.weight`, [20, WIDTH], 1));
    expect([...readTensor(moduleOf(adapter.modules, `${SINGLE}.attn.to_v`).b)]).toEqual([8, 9, 10, 11]);
    expect([...readTensor(moduleOf(adapter.modules, `${SINGLE}.proj_mlp`).b)]).toEqual([
      12, 13, 14, 15, 16, 17, 18, 19,
    ]);
  });

  test.each([
    'lora_unet_double_blocks_0_img_attn_proj',
    'lora_transformer_transformer_blocks_0_attn_to_out_0',
    'base_model.model.transformer_blocks.0.attn.to_out.0',
    'transformer_blocks.0.attn.to_out.0',
  ])('knows the output projection as %s', (module) => {
    const { adapter } = read(factors(`${module}.lora_A.weight`, `${module}.lora_B.weight`, SQUARE, 2));
    expect([...adapter.modules.keys()]).toEqual([`${DOUBLE}.attn.to_out.0`]);
  });

  test('leaves tensors of text encoders out and says so', () => {
    const { adapter, warnings } = read({
      ...peft(QUERY, SQUARE, 2),
      ...factors('text_encoder.layers.0.lora_A.weight', 'lora_te1_layers_0.lora_up.weight', SQUARE, 2),
    });
    expect(adapter.modules.size).toBe(1);
    expect(warnings).toEqual([expect.stringMatching(/pytorch_lora_weights.safetensors: 2 tensors of text encoders/)]);
  });

  const file = 'pytorch_lora_weights\\.safetensors';
  const wrong: readonly (readonly [string, Readonly<Record<string, Float32Tensor>>, string])[] = [
    ['a factor for a narrower input', peft(QUERY, [WIDTH, 3], 2), `${QUERY}.*\\[2, 3\\].*\\[2, 4\\]`],
    ['a factor for fewer outputs', peft(QUERY, [3, WIDTH], 2), `${QUERY}.*\\[3, 2\\].*\\[4, 2\\]`],
    [
      'factors of different ranks',
      { ...peft(QUERY, SQUARE, 2), [`transformer.${QUERY}.lora_B.weight`]: counting([4, 3]) },
      QUERY,
    ],
    ['rank 0', peft(QUERY, SQUARE, 0), QUERY],
    ['one factor alone', { [`transformer.${QUERY}.lora_A.weight`]: counting([2, 4]) }, `${QUERY}.*missing`],
    [
      'a layer that the transformer lacks',
      peft('transformer_blocks.7.attn.to_q', SQUARE, 2),
      'transformer_blocks\\.7.*no such layer',
    ],
    ['something other than a LoRA', { [`transformer.${QUERY}.dora_scale`]: counting([4]) }, 'dora_scale'],
    [
      'an alpha that is not positive',
      { ...peft(QUERY, SQUARE, 2), [`transformer.${QUERY}.alpha`]: scalar(0) },
      `${QUERY}.*alpha`,
    ],
    [
      'a layer in two namings',
      {
        ...peft(QUERY, SQUARE, 2),
        ...factors(
          'lora_unet_double_blocks_0_img_attn_qkv.lora_down.weight',
          'lora_unet_double_blocks_0_img_attn_qkv.lora_up.weight',
          [3 * WIDTH, WIDTH],
          2,
        ),
      },
      `img_attn.qkv.*${QUERY}.*twice`,
    ],
    [
      'nothing for the transformer',
      factors('lora_te1_x.lora_down.weight', 'lora_te1_x.lora_up.weight', SQUARE, 2),
      'adapts no layer',
    ],
  ];
  test.each(wrong)('refuses %s, naming file and key', (_, tensors, message) => {
    expect(() => read(tensors)).toThrow(failure(new RegExp(`${file}.*${message}`)));
  });

  test.each([
    ['DoRA', { 'transformer.use_dora': true }, /DoRA/],
    ['a bias', { 'transformer.lora_bias': true }, /bias/],
    ['a negative alpha', { 'transformer.lora_alpha': -1 }, /lora_alpha/],
  ])('refuses a header with %s', (_, metadata, message) => {
    expect(() => read(peft(QUERY, SQUARE, 2), { lora_adapter_metadata: JSON.stringify(metadata) })).toThrow(
      failure(message),
    );
  });

  test('refuses a truncated file', () => {
    read(peft(QUERY, SQUARE, 2));
    truncateSync(join(folder, 'pytorch_lora_weights.safetensors'), 250);
    expect(() => readLora({ name: 'edit', path: folder, base: openWeights(join(folder, 'transformer')) })).toThrow(
      failure(/truncated|does not fit/),
    );
  });

  test('names the file that is missing', () => {
    expect(() => readLora({ name: 'edit', path: folder, base: openWeights(join(folder, 'transformer')) })).toThrow(
      expect.objectContaining({
        code: 'MODEL_MISSING',
        message: expect.stringContaining('pytorch_lora_weights.safetensors'),
      }),
    );
  });
});
