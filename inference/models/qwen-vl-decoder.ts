import type { Value } from '../onnx/graph-builder.ts';
import type { OnnxGraph } from '../onnx/graph-types.ts';
import { type Layers, MICROSOFT } from '../onnx/layers.ts';
import { buildHalfSplitRope, type HalfSplitRope, ropeFrequencies } from './half-split-rope.ts';
import { type ComponentOptions, openComponent } from './open-component.ts';
import { type QwenVlConfig, readQwenVlConfig } from './qwen-vl-config.ts';

type TextConfig = QwenVlConfig['text'];

/** Keys and values of a layer in [1, tokens, keyHeads * headSize] that the attention has just computed. */
interface NewRows {
  readonly keys: Value;
  readonly values: Value;
}

interface Attention {
  readonly rope: HalfSplitRope;
  /** int32 [1]: tokens before and in this run, less one. */
  readonly lastToken: Value;
  /** int32 []: tokens before and in this run. */
  readonly totalTokens: Value;
}

/**
 * Build the text model of Qwen2.5-VL. One graph reads the prompt, whole or piece by piece, and every token after it.
 *
 * Inputs: `input_ids` int64 [tokens]; `image_embeddings` f32 [image_tokens, width], which replace the rows `image_rows`
 * int64 [image_tokens, 1] of the text's; `positions` int64 [tokens, 3], time, row and column; `past_length` int64 [1];
 * and for every layer `past_key.{layer}`, `past_value.{layer}` f32 [1, keyHeads, capacity, headSize], whose first
 * `past_length` tokens are read. Outputs: `logits` f32 [1, vocabulary] after the last token; `key.{layer}`,
 * `value.{layer}` f32 [tokens, keyHeads * headSize], what this run adds to the past.
 *
 * @throws {InferenceError} MODEL_MISSING, MODEL_INVALID.
 * @source transformers Qwen2_5_VLTextModel 5.23; parity: test/parity/vision-language.test.ts
 */
export function buildQwenDecoder(options: ComponentOptions): OnnxGraph {
  const { modelFolder, component = '' } = options;
  const { text: config } = readQwenVlConfig(modelFolder);
  const layers = openComponent(options, component);
  const { graph, weights } = layers;
  const prefix = weights.has('model.embed_tokens.weight') ? 'model' : 'model.language_model';
  const tableName = `${prefix}.embed_tokens.weight`;
  const tableShape = [config.vocabulary, config.width] as const;

  const ids = graph.input('input_ids', 'int64', ['tokens']);
  const imageRows = graph.input('image_rows', 'int64', ['image_tokens', 1]);
  const images = graph.input('image_embeddings', 'float32', ['image_tokens', config.width]);
  const positions = graph.input('positions', 'int64', ['tokens', 3]);
  const attention = {
    rope: buildHalfSplitRope(layers, positions, ropePairs(config)),
    ...countTokens(layers, ids, graph.input('past_length', 'int64', [1])),
  };

  const embedded = graph.node('ScatterND', [layers.embedding(ids, tableName, tableShape), imageRows, images]);
  let x = layers.toCompute(embedded);
  for (let index = 0; index < config.layers; index++) {
    x = decoderLayer(layers, config, x, { prefix, index, attention });
  }
  const last = graph.node('Gather', [x, graph.integers([-1])], { axis: 0n });
  const normed = layers.rmsNorm(last, `${prefix}.norm.weight`, config.width, config.epsilon);
  const output = layers.weight(config.isTied ? tableName : 'lm_head.weight', tableShape);
  const logits = graph.node('Gemm', [normed, output], { transB: 1n });
  graph.output(layers.toFloat32(logits), 'logits', 'float32', [1, config.vocabulary]);
  return graph.finish();
}

/** Sections take their pairs in turn from the time, row and column of a token. */
function ropePairs({ headSize, ropeTheta, ropeSections }: TextConfig) {
  const axes = ropeSections.flatMap((pairs, section) => Array.from({ length: pairs }, () => section % 3));
  return ropeFrequencies(headSize, ropeTheta).map((frequency, pair) => ({ axis: axes[pair] ?? 0, frequency }));
}

function countTokens({ graph, cast }: Layers, ids: Value, pastLength: Value): Omit<Attention, 'rope'> {
  const total = graph.node('Add', [pastLength, graph.node('Shape', [ids])]);
  return {
    lastToken: cast(graph.node('Sub', [total, graph.integers([1])]), 'int32'),
    totalTokens: cast(graph.node('Squeeze', [total]), 'int32'),
  };
}

interface DecoderLayerOptions {
  readonly prefix: string;
  readonly index: number;
  readonly attention: Attention;
}

/** Also declares the layer's inputs and outputs of past keys and values. */
function decoderLayer(
  layers: Layers,
  config: TextConfig,
  x: Value,
  { prefix, index, attention }: DecoderLayerOptions,
): Value {
  const { graph } = layers;
  const { width, mlpWidth, keyHeads, headSize, epsilon } = config;
  const name = `${prefix}.layers.${index}`;
  const cacheShape = [1, keyHeads, 'capacity', headSize];
  const past = ['key', 'value'].map((part) => graph.input(`past_${part}.${index}`, 'float32', cacheShape));

  const attentionInput = layers.rmsNorm(x, `${name}.input_layernorm.weight`, width, epsilon);
  const { attended, rows } = attend(layers, config, attentionInput, { name: `${name}.self_attn`, past, attention });
  for (const [part, value] of [
    ['key', rows.keys],
    ['value', rows.values],
  ] as const) {
    const flat = graph.node('Reshape', [layers.toFloat32(value), graph.integers([-1, keyHeads * headSize])]);
    graph.output(flat, `${part}.${index}`, 'float32', ['tokens', keyHeads * headSize]);
  }
  const afterAttention = graph.node('Add', [x, attended]);

  const mlpInput = layers.rmsNorm(afterAttention, `${name}.post_attention_layernorm.weight`, width, epsilon);
  const into = { inSize: width, outSize: mlpWidth, bias: false };
  const gate = layers.sigmoidGate(layers.linear(mlpInput, `${name}.mlp.gate_proj`, into), 1);
  const active = graph.node('Mul', [gate, layers.linear(mlpInput, `${name}.mlp.up_proj`, into)]);
  const out = { inSize: mlpWidth, outSize: width, bias: false };
  return graph.node('Add', [afterAttention, layers.linear(active, `${name}.mlp.down_proj`, out)]);
}

interface AttendOptions {
  readonly name: string;
  /** Past keys, past values. */
  readonly past: readonly Value[];
  readonly attention: Attention;
}

function attend(layers: Layers, config: TextConfig, x: Value, { name, past, attention }: AttendOptions) {
  const { graph } = layers;
  const { width, heads, keyHeads, headSize } = config;
  const batch = graph.integers([0]);
  const project = (part: string, count: number): Value => {
    const options = { inSize: width, outSize: count * headSize, bias: true };
    return graph.node('Unsqueeze', [layers.linear(x, `${name}.${part}`, options), batch]);
  };
  const query = attention.rope.rotate(project('q_proj', heads), heads);
  const rows: NewRows = {
    keys: attention.rope.rotate(project('k_proj', keyHeads), keyHeads),
    values: project('v_proj', keyHeads),
  };
  const pastInputs = past.map((value) => layers.toCompute(value));
  // The joined past and present that the operator also returns stay inside: the caller keeps its own.
  const [attended = ''] = graph.nodes(
    'GroupQueryAttention',
    [query, rows.keys, rows.values, ...pastInputs, attention.lastToken, attention.totalTokens],
    3,
    { num_heads: BigInt(heads), kv_num_heads: BigInt(keyHeads) },
    MICROSOFT,
  );
  const square = { inSize: width, outSize: width, bias: false };
  const projected = layers.linear(graph.node('Squeeze', [attended, batch]), `${name}.o_proj`, square);
  return { attended: projected, rows };
}
