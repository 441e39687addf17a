import { createAdaptedLinears } from '../lora/adapted-linear.ts';
import type { LoraAdapter } from '../lora/lora-adapter.ts';
import type { OnnxGraph } from '../onnx/graph-types.ts';
import { createFluxBlocks, type DoubleStream } from './flux-blocks.ts';
import { buildConditioning, buildRotaryEmbedding } from './flux-conditioning.ts';
import { fluxConfigSchema } from './flux-config.ts';
import { type ComponentOptions, openComponent } from './open-component.ts';
import { readConfig } from './read-config.ts';

export interface FluxTransformerOptions extends ComponentOptions {
  /** Read against the weights of the same component. */
  readonly adapters?: readonly LoraAdapter[];
}

export interface FluxTransformerGraph extends OnnxGraph {
  /** `adapter_index` k selects `adapterNames[k]`; without names the graph has no adapter inputs. */
  readonly adapterNames: readonly string[];
  /** Whether the graph has the input `guidance`. */
  readonly guidanceEmbeds: boolean;
  readonly inChannels: number;
}

/**
 * Build the FLUX transformer with its adapters.
 *
 * Inputs: hidden_states f32 [1, image_tokens, in_channels] (output tokens first, then references),
 * encoder_hidden_states f32 [1, text_tokens, joint], pooled_projections f32 [1, pooled], timestep f32 [1] (sigma, 0..1),
 * guidance f32 [1] (with guidance_embeds only), img_ids f32 [image_tokens, 3], txt_ids f32 [text_tokens, 3],
 * output_tokens int64 [1] (1..image_tokens), adapter_index int64 [1] and adapter_scale f32 [1] (with adapters only;
 * scale 0 is the base alone, 1 the adapter as trained).
 * Output: velocity f32 [1, output_tokens, out_channels], the prediction of the first output_tokens image tokens.
 *
 * @throws {InferenceError} MODEL_MISSING, MODEL_INVALID.
 * @source diffusers FluxTransformer2DModel 0.42.1; parity: test/parity/networks.test.ts
 */
export function buildFluxTransformer(options: FluxTransformerOptions): FluxTransformerGraph {
  const { modelFolder, component = 'transformer', adapters = [] } = options;
  const config = readConfig(modelFolder, component, fluxConfigSchema);
  const layers = openComponent(options, component);
  const { graph, toCompute } = layers;
  const batch = graph.integers([0]);

  const hidden = graph.input('hidden_states', 'float32', [1, 'image_tokens', config.inChannels]);
  const text = graph.input('encoder_hidden_states', 'float32', [1, 'text_tokens', config.textSize]);
  const pooled = graph.input('pooled_projections', 'float32', [1, config.pooledSize]);
  const timestep = graph.input('timestep', 'float32', [1]);
  const guidance = config.guidanceEmbeds ? graph.input('guidance', 'float32', [1]) : undefined;
  const imageIds = graph.input('img_ids', 'float32', ['image_tokens', 3]);
  const textIds = graph.input('txt_ids', 'float32', ['text_tokens', 3]);
  const outputTokens = graph.input('output_tokens', 'int64', [1]);
  const linears = createAdaptedLinears(layers, adapters);

  const conditioning = buildConditioning(layers, linears, config, { timestep, guidance, pooled: toCompute(pooled) });
  const rope = buildRotaryEmbedding(layers, config, graph.node('Concat', [textIds, imageIds], { axis: 0n }));
  const blocks = createFluxBlocks({ layers, linears, config, conditioning, rope });

  let streams: DoubleStream = {
    image: linears.linear(graph.node('Squeeze', [toCompute(hidden), batch]), 'x_embedder', {
      inSize: config.inChannels,
      outSize: config.width,
      bias: true,
      rows: 'many',
    }),
    text: linears.linear(graph.node('Squeeze', [toCompute(text), batch]), 'context_embedder', {
      inSize: config.textSize,
      outSize: config.width,
      bias: true,
      rows: 'few',
    }),
  };
  for (let index = 0; index < config.doubleBlocks; index++) {
    streams = blocks.double(streams, `transformer_blocks.${index}`);
  }

  const textLength = graph.node('Shape', [text], { start: 1n, end: 2n });
  const wanted = { start: textLength, end: graph.node('Add', [textLength, outputTokens]) };
  let joint = graph.node('Concat', [streams.text, streams.image], { axis: 0n });
  for (let index = 0; index < config.singleBlocks; index++) {
    const isLast = index === config.singleBlocks - 1;
    joint = blocks.single(joint, `single_transformer_blocks.${index}`, isLast ? wanted : undefined);
  }
  const output = config.singleBlocks > 0 ? joint : graph.node('Slice', [joint, wanted.start, wanted.end, batch]);

  const velocity = graph.node('Unsqueeze', [layers.toFloat32(blocks.project(output)), batch]);
  graph.output(velocity, 'velocity', 'float32', [1, 'output_tokens', config.outChannels]);
  return {
    ...graph.finish(),
    adapterNames: adapters.map(({ name }) => name),
    guidanceEmbeds: config.guidanceEmbeds,
    inChannels: config.inChannels,
  };
}
