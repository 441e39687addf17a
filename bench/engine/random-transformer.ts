import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeSafetensors } from '../../inference/onnx/safetensors.ts';
import { normalValues } from '../../inference/runtime/rng.ts';

/** A FLUX transformer to measure; everything else is as the sticker model has it. */
export interface TransformerSize {
  readonly name: string;
  readonly heads: number;
  readonly headSize: number;
  readonly doubleBlocks: number;
  readonly singleBlocks: number;
}

export const IN_CHANNELS = 64;
export const TEXT_SIZE = 256;
export const POOLED_SIZE = 256;
const SINUSOID_SIZE = 256;

interface Linear {
  readonly name: string;
  readonly inSize: number;
  readonly outSize: number;
  /** Which rows pass: the image's, the text's, both or the one that modulates. */
  readonly rows: 'image' | 'text' | 'joint' | 'one';
}

/** Write `transformer/` with random weights in float32, as diffusers lays it out.
 * @returns the model folder. */
export function writeRandomTransformer(parent: string, size: TransformerSize): string {
  const modelFolder = join(parent, size.name);
  const folder = join(modelFolder, 'transformer');
  mkdirSync(folder, { recursive: true });
  const { heads, headSize, doubleBlocks, singleBlocks } = size;
  // 7/16 of the head for each direction and the rest for the index, as FLUX has it.
  const height = 2 * Math.floor((7 * headSize) / 32);
  const config = {
    _class_name: 'FluxTransformer2DModel',
    in_channels: IN_CHANNELS,
    num_layers: doubleBlocks,
    num_single_layers: singleBlocks,
    attention_head_dim: headSize,
    num_attention_heads: heads,
    joint_attention_dim: TEXT_SIZE,
    pooled_projection_dim: POOLED_SIZE,
    guidance_embeds: false,
    axes_dims_rope: [headSize - 2 * height, height, height],
  };
  writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
  const tensors = new Map<string, { shape: readonly number[]; data: Float32Array }>();
  for (const [seed, { name, inSize, outSize }] of linearsOf(size).entries()) {
    const scale = 1 / Math.sqrt(inSize);
    const data = normalValues(seed, inSize * outSize).map((value) => value * scale);
    tensors.set(`${name}.weight`, { shape: [outSize, inSize], data });
    tensors.set(`${name}.bias`, { shape: [outSize], data: new Float32Array(outSize) });
  }
  for (const name of headNormsOf(size)) {
    tensors.set(`${name}.weight`, { shape: [headSize], data: new Float32Array(headSize).fill(1) });
  }
  writeSafetensors(join(folder, 'diffusion_pytorch_model.safetensors'), tensors);
  return modelFolder;
}

/** Rows of each linear layer in one step. */
export interface StepTokens {
  readonly image: number;
  readonly text: number;
}

/** Multiplications of all linear layers of one step, attention's own not counted. */
export function linearProducts(size: TransformerSize, { image, text }: StepTokens): number {
  const rows = { image, text, joint: image + text, one: 1 } as const;
  return linearsOf(size).reduce((sum, linear) => sum + rows[linear.rows] * linear.inSize * linear.outSize, 0);
}

function linearsOf({ heads, headSize, doubleBlocks, singleBlocks }: TransformerSize): readonly Linear[] {
  const width = heads * headSize;
  const linear = (name: string, inSize: number, outSize: number, rows: Linear['rows']) => ({
    name,
    inSize,
    outSize,
    rows,
  });
  const embedder = (name: string, inSize: number) => [
    linear(`time_text_embed.${name}.linear_1`, inSize, width, 'one'),
    linear(`time_text_embed.${name}.linear_2`, width, width, 'one'),
  ];
  const feedForward = (name: string, rows: Linear['rows']) => [
    linear(`${name}.net.0.proj`, width, 4 * width, rows),
    linear(`${name}.net.2`, 4 * width, width, rows),
  ];
  const squares = (block: string, names: readonly string[], rows: Linear['rows']) =>
    names.map((name) => linear(`${block}.attn.${name}`, width, width, rows));
  const blocks = (prefix: string, count: number) => Array.from({ length: count }, (_, index) => `${prefix}.${index}`);
  return [
    linear('x_embedder', IN_CHANNELS, width, 'image'),
    linear('context_embedder', TEXT_SIZE, width, 'text'),
    ...embedder('timestep_embedder', SINUSOID_SIZE),
    ...embedder('text_embedder', POOLED_SIZE),
    ...blocks('transformer_blocks', doubleBlocks).flatMap((block) => [
      linear(`${block}.norm1.linear`, width, 6 * width, 'one'),
      linear(`${block}.norm1_context.linear`, width, 6 * width, 'one'),
      ...squares(block, ['to_q', 'to_k', 'to_v', 'to_out.0'], 'image'),
      ...squares(block, ['add_q_proj', 'add_k_proj', 'add_v_proj', 'to_add_out'], 'text'),
      ...feedForward(`${block}.ff`, 'image'),
      ...feedForward(`${block}.ff_context`, 'text'),
    ]),
    ...blocks('single_transformer_blocks', singleBlocks).flatMap((block) => [
      linear(`${block}.norm.linear`, width, 3 * width, 'one'),
      ...squares(block, ['to_q', 'to_k', 'to_v'], 'joint'),
      linear(`${block}.proj_mlp`, width, 4 * width, 'joint'),
      linear(`${block}.proj_out`, 5 * width, width, 'joint'),
    ]),
    linear('norm_out.linear', width, 2 * width, 'one'),
    linear('proj_out', width, IN_CHANNELS, 'image'),
  ];
}

function headNormsOf({ doubleBlocks, singleBlocks }: TransformerSize): readonly string[] {
  const norms = (prefix: string, count: number, names: readonly string[]) =>
    Array.from({ length: count }, (_, index) => names.map((name) => `${prefix}.${index}.attn.${name}`)).flat();
  return [
    ...norms('transformer_blocks', doubleBlocks, ['norm_q', 'norm_k', 'norm_added_q', 'norm_added_k']),
    ...norms('single_transformer_blocks', singleBlocks, ['norm_q', 'norm_k']),
  ];
}
