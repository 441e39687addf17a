import { join } from 'node:path';
import { z } from 'zod';
import { InferenceError } from '../errors.ts';
import type { Value } from '../onnx/graph-builder.ts';
import type { OnnxGraph } from '../onnx/graph-types.ts';
import type { Layers } from '../onnx/layers.ts';
import { type AutoencoderBlocks, createAutoencoderBlocks } from './autoencoder-blocks.ts';
import { type ComponentOptions, openComponent } from './open-component.ts';
import { readConfig } from './read-config.ts';

/** What callers need to know of the autoencoder. */
export interface AutoencoderGeometry {
  readonly latentChannels: number;
  /** Pixels per side that are moved into channels before the first convolution: sqrt(in_channels / 3). */
  readonly spaceToDepth: number;
  /** Pixels per side of one latent, space-to-depth included. */
  readonly downscale: number;
}

const RGB_CHANNELS = 3;

// Defaults are those of diffusers' AutoencoderKL: a config file may leave them out.
const configSchema = z
  .object({
    _class_name: z.literal('AutoencoderKL').default('AutoencoderKL'),
    in_channels: z.number().int().positive().default(3),
    out_channels: z.number().int().positive().default(3),
    down_block_types: z.array(z.literal('DownEncoderBlock2D')).default(['DownEncoderBlock2D']),
    up_block_types: z.array(z.literal('UpDecoderBlock2D')).default(['UpDecoderBlock2D']),
    block_out_channels: z.array(z.number().int().positive()).nonempty().default([64]),
    layers_per_block: z.number().int().positive().default(1),
    act_fn: z.literal('silu').default('silu'),
    latent_channels: z.number().int().positive().default(4),
    norm_num_groups: z.number().int().positive().default(32),
    scaling_factor: z.number().positive().default(0.18215),
    shift_factor: z.number().nullish(),
    latents_mean: z.null().optional(),
    latents_std: z.null().optional(),
    use_quant_conv: z.boolean().default(true),
    use_post_quant_conv: z.boolean().default(true),
    mid_block_add_attention: z.boolean().default(true),
  })
  .refine((config) => config.in_channels === config.out_channels, {
    path: ['out_channels'],
    message: 'must equal in_channels',
  })
  .refine((config) => Number.isInteger(Math.sqrt(config.in_channels / RGB_CHANNELS)), {
    path: ['in_channels'],
    message: 'must be 3 times a square number',
  });

type AutoencoderConfig = z.infer<typeof configSchema>;

/** @throws {InferenceError} MODEL_MISSING, MODEL_INVALID. */
export function autoencoderGeometry({ modelFolder, component = 'vae' }: ComponentOptions): AutoencoderGeometry {
  return geometryOf(readConfig(modelFolder, component, configSchema));
}

/**
 * Build the encoder up to the mode of the latent distribution, scaled for the transformer.
 *
 * Input `pixels` f32 [1, 3, height, width] in [-1, 1], sides divisible by `downscale`;
 * output `latents` f32 [1, latent_channels, height / downscale, width / downscale] = (mean - shift) * scale.
 *
 * @throws {InferenceError} MODEL_MISSING, MODEL_INVALID.
 * @source diffusers AutoencoderKL 0.42.1; parity: test/parity/networks.test.ts
 */
export function buildVaeEncoder(options: ComponentOptions): OnnxGraph {
  const { config, layers, blocks } = openAutoencoder(options);
  const { graph } = layers;
  const { latentChannels, spaceToDepth } = geometryOf(config);
  const channels = config.block_out_channels;
  const [firstChannels = 0] = channels;
  const lastChannels = channels.at(-1) ?? 0;

  const pixels = graph.input('pixels', 'float32', [1, RGB_CHANNELS, 'height', 'width']);
  const unshuffled = layers.toCompute(pixelUnshuffle(layers, pixels, spaceToDepth));
  let x = blocks.conv3x3(unshuffled, 'encoder.conv_in', config.in_channels, firstChannels);
  let inChannels = firstChannels;
  for (const [level, outChannels] of channels.entries()) {
    const name = `encoder.down_blocks.${level}`;
    for (let index = 0; index < config.layers_per_block; index++) {
      x = blocks.resnet(x, `${name}.resnets.${index}`, inChannels, outChannels);
      inChannels = outChannels;
    }
    if (level < channels.length - 1) x = blocks.downsample(x, `${name}.downsamplers.0.conv`, outChannels);
  }
  x = blocks.middle(x, 'encoder.mid_block', lastChannels, config.mid_block_add_attention);
  x = blocks.normActivate(x, 'encoder.conv_norm_out', lastChannels);
  x = blocks.conv3x3(x, 'encoder.conv_out', lastChannels, 2 * latentChannels);
  if (config.use_quant_conv) x = blocks.conv1x1(x, 'quant_conv', 2 * latentChannels, 2 * latentChannels);

  // The first half of the channels is the mean, which is the mode; the second half is the log variance.
  const mean = graph.node('Slice', [
    layers.toFloat32(x),
    graph.integers([0]),
    graph.integers([latentChannels]),
    graph.integers([1]),
  ]);
  const shifted = graph.node('Sub', [mean, graph.floats([config.shift_factor ?? 0], [])]);
  const latents = graph.node('Mul', [shifted, graph.floats([config.scaling_factor], [])]);
  graph.output(latents, 'latents', 'float32', [1, latentChannels, 'latent_height', 'latent_width']);
  return graph.finish();
}

/**
 * Build the decoder.
 *
 * Input `latents` f32 [1, latent_channels, latent_height, latent_width] as the encoder scales them;
 * output `pixels` f32 [1, 3, height, width], about [-1, 1], not clamped.
 *
 * @throws {InferenceError} MODEL_MISSING, MODEL_INVALID.
 * @source diffusers AutoencoderKL 0.42.1; parity: test/parity/networks.test.ts
 */
export function buildVaeDecoder(options: ComponentOptions): OnnxGraph {
  const { config, layers, blocks } = openAutoencoder(options);
  const { graph } = layers;
  const { latentChannels, spaceToDepth } = geometryOf(config);
  const channels = config.block_out_channels.toReversed();
  let inChannels = channels[0] ?? 0;

  const scaled = graph.input('latents', 'float32', [1, latentChannels, 'latent_height', 'latent_width']);
  const unscaled = graph.node('Div', [scaled, graph.floats([config.scaling_factor], [])]);
  let x = layers.toCompute(graph.node('Add', [unscaled, graph.floats([config.shift_factor ?? 0], [])]));
  if (config.use_post_quant_conv) x = blocks.conv1x1(x, 'post_quant_conv', latentChannels, latentChannels);
  x = blocks.conv3x3(x, 'decoder.conv_in', latentChannels, inChannels);
  x = blocks.middle(x, 'decoder.mid_block', inChannels, config.mid_block_add_attention);
  for (const [level, outChannels] of channels.entries()) {
    const name = `decoder.up_blocks.${level}`;
    // The decoder has one resnet more on every level than the encoder.
    for (let index = 0; index <= config.layers_per_block; index++) {
      x = blocks.resnet(x, `${name}.resnets.${index}`, inChannels, outChannels);
      inChannels = outChannels;
    }
    if (level < channels.length - 1) x = blocks.upsample(x, `${name}.upsamplers.0.conv`, outChannels);
  }
  x = blocks.normActivate(x, 'decoder.conv_norm_out', inChannels);
  x = blocks.conv3x3(x, 'decoder.conv_out', inChannels, config.out_channels);
  const pixels = pixelShuffle(layers, layers.toFloat32(x), spaceToDepth);
  graph.output(pixels, 'pixels', 'float32', [1, RGB_CHANNELS, 'height', 'width']);
  return graph.finish();
}

interface Autoencoder {
  readonly config: AutoencoderConfig;
  readonly layers: Layers;
  readonly blocks: AutoencoderBlocks;
}

function openAutoencoder(options: ComponentOptions): Autoencoder {
  const { modelFolder, component = 'vae' } = options;
  const config = readConfig(modelFolder, component, configSchema);
  const uneven = config.block_out_channels.find((channels) => channels % config.norm_num_groups !== 0);
  if (uneven !== undefined) {
    const file = join(modelFolder, component, 'config.json');
    throw new InferenceError(
      'MODEL_INVALID',
      `${file}: ${uneven} channels cannot be split into ${config.norm_num_groups} norm_num_groups.`,
      { file },
    );
  }
  const layers = openComponent(options, component);
  return { config, layers, blocks: createAutoencoderBlocks(layers, config.norm_num_groups) };
}

function geometryOf(config: AutoencoderConfig): AutoencoderGeometry {
  const spaceToDepth = Math.sqrt(config.in_channels / RGB_CHANNELS);
  return {
    latentChannels: config.latent_channels,
    spaceToDepth,
    downscale: spaceToDepth * 2 ** (config.block_out_channels.length - 1),
  };
}

/** [1, 3, h * factor, w * factor] -> [1, 3 * factor², h, w], channels ordered (color, dy, dx) as torch does. */
function pixelUnshuffle({ graph }: Layers, x: Value, factor: number): Value {
  if (factor === 1) return x;
  const blocked = graph.node('SpaceToDepth', [x], { blocksize: BigInt(factor) });
  // ONNX orders the channels (dy, dx, color).
  const order = Array.from({ length: RGB_CHANNELS * factor ** 2 }, (_, channel) => {
    const color = Math.floor(channel / factor ** 2);
    return (channel % factor ** 2) * RGB_CHANNELS + color;
  });
  return graph.node('Gather', [blocked, graph.integers(order)], { axis: 1n });
}

/** The inverse of pixelUnshuffle; here ONNX knows torch's order. */
function pixelShuffle({ graph }: Layers, x: Value, factor: number): Value {
  return factor === 1 ? x : graph.node('DepthToSpace', [x], { blocksize: BigInt(factor), mode: 'CRD' });
}
