import { z } from 'zod';
import type { Value } from '../onnx/graph-builder.ts';
import type { OnnxGraph } from '../onnx/graph-types.ts';
import { type Layers, MICROSOFT } from '../onnx/layers.ts';
import { type ComponentOptions, openComponent } from './open-component.ts';
import { readConfig } from './read-config.ts';

export interface ClipTextGraph extends OnnxGraph {
  /** Largest length of `input_ids` (max_position_embeddings). */
  readonly maxTokens: number;
}

// Defaults are those of transformers' CLIPTextConfig: a config file may leave them out.
const configSchema = z
  .object({
    vocab_size: z.number().int().positive().default(49408),
    hidden_size: z.number().int().positive().default(512),
    intermediate_size: z.number().int().positive().default(2048),
    num_hidden_layers: z.number().int().positive().default(12),
    num_attention_heads: z.number().int().positive().default(8),
    max_position_embeddings: z.number().int().positive().default(77),
    hidden_act: z.enum(['quick_gelu', 'gelu']).default('quick_gelu'),
    layer_norm_eps: z.number().positive().default(1e-5),
    eos_token_id: z.number().int().nonnegative().default(49407),
  })
  .refine((config) => config.hidden_size % config.num_attention_heads === 0, {
    path: ['num_attention_heads'],
    message: 'must divide hidden_size',
  });

type ClipTextConfig = z.infer<typeof configSchema>;

// Configs written before the id was corrected say 2; the end is then the largest id of the vocabulary.
const LEGACY_EOS_TOKEN_ID = 2;
const QUICK_GELU_ALPHA = 1.702;

/**
 * Build the CLIP text encoder up to its pooled output.
 *
 * Input `input_ids` int64 [1, tokens], tokens <= maxTokens; output `pooled` f32 [1, hidden_size]: the last layer after
 * its final norm, at the first end-of-text token. No text projection.
 *
 * @throws {InferenceError} MODEL_MISSING, MODEL_INVALID.
 * @source transformers CLIPTextModel 5.23; parity: test/parity/networks.test.ts
 */
export function buildClipText(options: ComponentOptions): ClipTextGraph {
  const { modelFolder, component = 'text_encoder' } = options;
  const config = readConfig(modelFolder, component, configSchema);
  const layers = openComponent(options, component);
  const { graph, weights } = layers;
  // Checkpoints carry the prefix of the model that they were cut from, newer ones may not.
  const prefix = weights.has('text_model.final_layer_norm.weight') ? 'text_model.' : '';

  const ids = graph.input('input_ids', 'int64', [1, 'tokens']);
  const tokenIds = graph.node('Squeeze', [ids, graph.integers([0])]);
  let x = embed(layers, config, tokenIds, prefix);
  for (let index = 0; index < config.num_hidden_layers; index++) {
    x = encoderLayer(layers, config, x, `${prefix}encoder.layers.${index}`);
  }
  const pooled = graph.node('Gather', [x, endPosition(layers, config, ids)], { axis: 0n });
  const normed = layers.layerNorm(pooled, `${prefix}final_layer_norm`, config.hidden_size, config.layer_norm_eps);
  graph.output(layers.toFloat32(normed), 'pooled', 'float32', [1, config.hidden_size]);
  return { ...graph.finish(), maxTokens: config.max_position_embeddings };
}

function embed(layers: Layers, config: ClipTextConfig, tokenIds: Value, prefix: string): Value {
  const { graph } = layers;
  const tokens = layers.embedding(tokenIds, `${prefix}embeddings.token_embedding.weight`, [
    config.vocab_size,
    config.hidden_size,
  ]);
  const length = graph.node('Squeeze', [graph.node('Shape', [tokenIds])]);
  const range = graph.node('Range', [graph.integers([0], []), length, graph.integers([1], [])]);
  const positions = layers.embedding(range, `${prefix}embeddings.position_embedding.weight`, [
    config.max_position_embeddings,
    config.hidden_size,
  ]);
  return layers.toCompute(graph.node('Add', [tokens, positions]));
}

function encoderLayer(layers: Layers, config: ClipTextConfig, x: Value, name: string): Value {
  const { graph } = layers;
  const { hidden_size: hidden, intermediate_size: intermediate, layer_norm_eps: epsilon } = config;
  const square = { inSize: hidden, outSize: hidden, bias: true };
  const batch = graph.integers([0]);

  const attentionInput = layers.layerNorm(x, `${name}.layer_norm1`, hidden, epsilon);
  const heads = ['q_proj', 'k_proj', 'v_proj'].map((projection) =>
    graph.node('Unsqueeze', [layers.linear(attentionInput, `${name}.self_attn.${projection}`, square), batch]),
  );
  const attended = graph.node(
    'MultiHeadAttention',
    heads,
    { num_heads: BigInt(config.num_attention_heads), unidirectional: 1n },
    MICROSOFT,
  );
  const rows = graph.node('Squeeze', [attended, batch]);
  const afterAttention = graph.node('Add', [x, layers.linear(rows, `${name}.self_attn.out_proj`, square)]);

  const mlpInput = layers.layerNorm(afterAttention, `${name}.layer_norm2`, hidden, epsilon);
  const wide = layers.linear(mlpInput, `${name}.mlp.fc1`, { inSize: hidden, outSize: intermediate, bias: true });
  const active =
    config.hidden_act === 'quick_gelu' ? layers.sigmoidGate(wide, QUICK_GELU_ALPHA) : layers.geluExact(wide);
  const mlp = layers.linear(active, `${name}.mlp.fc2`, { inSize: intermediate, outSize: hidden, bias: true });
  return graph.node('Add', [afterAttention, mlp]);
}

/** @returns int64 [1]: the position of the first end-of-text token. */
function endPosition({ graph, cast }: Layers, config: ClipTextConfig, ids: Value): Value {
  const candidates =
    config.eos_token_id === LEGACY_EOS_TOKEN_ID
      ? cast(ids, 'int32')
      : cast(graph.node('Equal', [ids, graph.integers([config.eos_token_id])]), 'int32');
  return graph.node('ArgMax', [candidates], { axis: 1n, keepdims: 0n, select_last_index: 0n });
}
