import { z } from 'zod';
import type { Value } from '../onnx/graph-builder.ts';
import type { OnnxGraph } from '../onnx/graph-types.ts';
import { type Layers, MICROSOFT } from '../onnx/layers.ts';
import { type ComponentOptions, openComponent } from './open-component.ts';
import { readConfig } from './read-config.ts';
import { relativeBuckets } from './t5-relative-buckets.ts';

// Defaults are those of transformers' T5Config: a config file may leave them out.
const configSchema = z.object({
  vocab_size: z.number().int().positive().default(32128),
  d_model: z.number().int().positive().default(512),
  d_kv: z.number().int().positive().default(64),
  d_ff: z.number().int().positive().default(2048),
  num_layers: z.number().int().positive().default(6),
  num_heads: z.number().int().positive().default(8),
  relative_attention_num_buckets: z.number().int().multipleOf(4).default(32),
  relative_attention_max_distance: z.number().int().positive().default(128),
  layer_norm_epsilon: z.number().positive().default(1e-6),
  feed_forward_proj: z.enum(['relu', 'gated-gelu']).default('relu'),
});

type T5Config = z.infer<typeof configSchema>;

/**
 * Build the T5 encoder. Padding is attended like any token: the transformer was trained on that.
 *
 * Input `input_ids` int64 [1, tokens]; output `hidden_states` f32 [1, tokens, d_model].
 * The residual stream is float32 whatever the compute type; with float16, so is `wo`: both exceed its range.
 *
 * @throws {InferenceError} MODEL_MISSING, MODEL_INVALID.
 * @source transformers T5EncoderModel 5.23; parity: test/parity/networks.test.ts
 */
export function buildT5Encoder(options: ComponentOptions): OnnxGraph {
  const { modelFolder, component = 'text_encoder_2' } = options;
  const config = readConfig(modelFolder, component, configSchema);
  const layers = openComponent(options, component);
  const { graph, weights } = layers;

  const ids = graph.input('input_ids', 'int64', [1, 'tokens']);
  const tokenIds = graph.node('Squeeze', [ids, graph.integers([0])]);
  const tableName = weights.has('shared.weight') ? 'shared.weight' : 'encoder.embed_tokens.weight';
  const bias = layers.toCompute(relativeBias(layers, config, tokenIds));
  let x = layers.embedding(tokenIds, tableName, [config.vocab_size, config.d_model]);
  for (let index = 0; index < config.num_layers; index++) {
    x = attention(layers, config, x, bias, `encoder.block.${index}.layer.0`);
    x = feedForward(layers, config, x, `encoder.block.${index}.layer.1`);
  }
  const normed = norm(layers, config, x, 'encoder.final_layer_norm.weight');
  const batched = graph.node('Unsqueeze', [normed, graph.integers([0])]);
  graph.output(batched, 'hidden_states', 'float32', [1, 'tokens', config.d_model]);
  return graph.finish();
}

/** @returns float32 [1, heads, tokens, tokens], added to the scores of every layer. */
function relativeBias(layers: Layers, config: T5Config, tokenIds: Value): Value {
  const { graph } = layers;
  const buckets = config.relative_attention_num_buckets;
  const reach = config.relative_attention_max_distance;
  const length = graph.node('Squeeze', [graph.node('Shape', [tokenIds])]);
  const positions = graph.node('Range', [graph.integers([0], []), length, graph.integers([1], [])]);
  const distance = graph.node('Sub', [
    graph.node('Unsqueeze', [positions, graph.integers([0])]),
    graph.node('Unsqueeze', [positions, graph.integers([1])]),
  ]);
  // Beyond the maximum distance the bucket no longer changes, so a table of 2 * reach + 1 entries says it all.
  const clipped = graph.node('Clip', [distance, graph.integers([-reach], []), graph.integers([reach], [])]);
  const bucketTable = graph.integers(relativeBuckets({ buckets, maxDistance: reach }));
  const bucket = graph.node('Gather', [bucketTable, graph.node('Add', [clipped, graph.integers([reach], [])])]);
  const name = 'encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight';
  const perHead = layers.embedding(bucket, name, [buckets, config.num_heads]);
  const byHead = graph.node('Transpose', [perHead], { perm: [2n, 0n, 1n] });
  return graph.node('Unsqueeze', [byHead, graph.integers([0])]);
}

function attention(layers: Layers, config: T5Config, x: Value, bias: Value, name: string): Value {
  const { graph } = layers;
  const inner = config.num_heads * config.d_kv;
  const batch = graph.integers([0]);
  const normed = layers.toCompute(norm(layers, config, x, `${name}.layer_norm.weight`));
  const [query = '', key = '', value = ''] = ['q', 'k', 'v'].map((projection) => {
    const shape = { inSize: config.d_model, outSize: inner, bias: false };
    return graph.node('Unsqueeze', [layers.linear(normed, `${name}.SelfAttention.${projection}`, shape), batch]);
  });
  // T5 folds the usual 1/sqrt(d) into its initialization.
  const attributes = { num_heads: BigInt(config.num_heads), scale: 1 };
  const attended = graph.node('MultiHeadAttention', [query, key, value, '', '', bias], attributes, MICROSOFT);
  const rows = graph.node('Squeeze', [attended, batch]);
  const projected = layers.linear(rows, `${name}.SelfAttention.o`, {
    inSize: inner,
    outSize: config.d_model,
    bias: false,
  });
  return graph.node('Add', [x, layers.toFloat32(projected)]);
}

function feedForward(layers: Layers, config: T5Config, x: Value, name: string): Value {
  const { graph } = layers;
  const { d_model: model, d_ff: wide } = config;
  const dense = `${name}.DenseReluDense`;
  const into = { inSize: model, outSize: wide, bias: false };
  const normed = layers.toCompute(norm(layers, config, x, `${name}.layer_norm.weight`));
  const active =
    config.feed_forward_proj === 'relu'
      ? graph.node('Relu', [layers.linear(normed, `${dense}.wi`, into)])
      : graph.node('Mul', [
          layers.geluTanh(layers.linear(normed, `${dense}.wi_0`, into)),
          layers.linear(normed, `${dense}.wi_1`, into),
        ]);
  const out = { inSize: wide, outSize: model, bias: false };
  if (layers.computeType !== 'f16') {
    return graph.node('Add', [x, layers.toFloat32(layers.linear(active, `${dense}.wo`, out))]);
  }
  const weight = layers.weight(`${dense}.wo.weight`, [model, wide], 'float32');
  return graph.node('Add', [x, graph.node('Gemm', [layers.toFloat32(active), weight], { transB: 1n })]);
}

function norm(layers: Layers, config: T5Config, x: Value, name: string): Value {
  const scale = layers.weight(name, [config.d_model], 'float32');
  return layers.graph.node('SimplifiedLayerNormalization', [x, scale], {
    axis: -1n,
    epsilon: config.layer_norm_epsilon,
  });
}
