import type { Value } from '../onnx/graph-builder.ts';
import type { OnnxGraph } from '../onnx/graph-types.ts';
import { type Layers, MICROSOFT } from '../onnx/layers.ts';
import { buildHalfSplitRope, type HalfSplitRope, ropeFrequencies } from './half-split-rope.ts';
import { type ComponentOptions, openComponent } from './open-component.ts';
import { type QwenVlConfig, readQwenVlConfig } from './qwen-vl-config.ts';

type VisionConfig = QwenVlConfig['vision'];

// The vision tower fixes this; no config carries it.
const NORM_EPSILON = 1e-6;

interface Windows {
  /** int64 [windows, slots]: the patch in every slot; empty slots repeat the first patch. */
  readonly patches: Value;
  /** int32 [windows, slots]: 1 where a slot holds a patch. */
  readonly mask: Value;
  /** int64 [patches]: the slot of every patch, counted over all windows. */
  readonly slots: Value;
}

/**
 * Build the vision tower of Qwen2.5-VL for one picture: patches to embeddings of the text model, one a merged cell.
 *
 * Inputs: `patches` f32 [patches, 3 * temporal * patch * patch], the patches of a cell after each other; `positions`
 * int64 [patches, 2], row and column; `window_slots` int64 [windows, slots], the patch in every slot of every attention
 * window or -1; `slot_of_patch` int64 [patches]. Output: `embeddings` f32 [cells, outWidth], in the order of the patches.
 *
 * Windows are padded to one size and masked, so that a block attends to all of them in one operator.
 *
 * @throws {InferenceError} MODEL_MISSING, MODEL_INVALID.
 * @source transformers Qwen2_5_VisionTransformerPretrainedModel 5.23; parity: test/parity/vision-language.test.ts
 */
export function buildQwenVision(options: ComponentOptions): OnnxGraph {
  const { modelFolder, component = '' } = options;
  const { vision: config } = readQwenVlConfig(modelFolder);
  const layers = openComponent(options, component);
  const { graph, weights } = layers;
  const prefix = weights.has('visual.patch_embed.proj.weight') ? 'visual' : 'model.visual';

  const patchValues = config.channels * config.temporalPatchSize * config.patchSize ** 2;
  const patches = graph.input('patches', 'float32', ['patches', patchValues]);
  const positions = graph.input('positions', 'int64', ['patches', 2]);
  const slots = (config.windowCells * config.mergeSize) ** 2;
  const windowSlots = graph.input('window_slots', 'int64', ['windows', slots]);
  const none = graph.integers([0], []);
  const windows = {
    patches: graph.node('Max', [windowSlots, none]),
    mask: layers.cast(graph.node('GreaterOrEqual', [windowSlots, none]), 'int32'),
    slots: graph.input('slot_of_patch', 'int64', ['patches']),
  };
  // Half of the pairs turn with the row, half with the column, at the same speeds.
  const frequencies = ropeFrequencies(config.headSize / 2, config.ropeTheta);
  const pairs = [0, 1].flatMap((axis) => frequencies.map((frequency) => ({ axis, frequency })));
  const rope = buildHalfSplitRope(layers, positions, pairs);

  let x = embedPatches(layers, config, patches, `${prefix}.patch_embed.proj.weight`);
  for (let index = 0; index < config.depth; index++) {
    const isFull = config.fullAttentionBlocks.includes(index);
    x = block(layers, config, x, `${prefix}.blocks.${index}`, { rope, windows: isFull ? undefined : windows });
  }
  const embeddings = merge(layers, config, x, `${prefix}.merger`);
  graph.output(layers.toFloat32(embeddings), 'embeddings', 'float32', ['cells', config.outWidth]);
  return graph.finish();
}

/** A convolution whose stride is its size is a linear layer. */
function embedPatches(layers: Layers, config: VisionConfig, patches: Value, name: string): Value {
  const { graph } = layers;
  const { width, channels, temporalPatchSize, patchSize } = config;
  const kernel = layers.weight(name, [width, channels, temporalPatchSize, patchSize, patchSize]);
  const flat = graph.node('Reshape', [kernel, graph.integers([width, -1])]);
  return graph.node('Gemm', [layers.toCompute(patches), flat], { transB: 1n });
}

interface BlockOptions {
  readonly rope: HalfSplitRope;
  /** Absent: every patch attends to every patch of the picture. */
  readonly windows: Windows | undefined;
}

function block(layers: Layers, config: VisionConfig, x: Value, name: string, { rope, windows }: BlockOptions): Value {
  const { graph } = layers;
  const { width, mlpWidth, heads } = config;
  const batch = graph.integers([0]);

  const attentionInput = layers.rmsNorm(x, `${name}.norm1.weight`, width, NORM_EPSILON);
  const joined = layers.linear(attentionInput, `${name}.attn.qkv`, { inSize: width, outSize: 3 * width, bias: true });
  const parts = graph.nodes('Split', [joined], 3, { axis: 1n, num_outputs: 3n });
  const [query = '', key = '', value = ''] = parts.map((part) => graph.node('Unsqueeze', [part, batch]));
  const attended = attend(layers, config, [rope.rotate(query, heads), rope.rotate(key, heads), value], windows);
  const projected = layers.linear(attended, `${name}.attn.proj`, { inSize: width, outSize: width, bias: true });
  const afterAttention = graph.node('Add', [x, projected]);

  const mlpInput = layers.rmsNorm(afterAttention, `${name}.norm2.weight`, width, NORM_EPSILON);
  const into = { inSize: width, outSize: mlpWidth, bias: true };
  const gate = layers.sigmoidGate(layers.linear(mlpInput, `${name}.mlp.gate_proj`, into), 1);
  const active = graph.node('Mul', [gate, layers.linear(mlpInput, `${name}.mlp.up_proj`, into)]);
  const out = { inSize: mlpWidth, outSize: width, bias: true };
  return graph.node('Add', [afterAttention, layers.linear(active, `${name}.mlp.down_proj`, out)]);
}

/** @param heads query, key and value, each [1, patches, width]. @returns [patches, width] */
function attend(layers: Layers, config: VisionConfig, heads: readonly Value[], windows: Windows | undefined): Value {
  const { graph } = layers;
  const attributes = { num_heads: BigInt(config.heads) };
  const rows = (x: Value): Value => graph.node('Reshape', [x, graph.integers([-1, config.width])]);
  if (windows === undefined) return rows(graph.node('MultiHeadAttention', heads, attributes, MICROSOFT));
  const windowed = heads.map((x) => graph.node('Gather', [rows(x), windows.patches], { axis: 0n }));
  const attended = graph.node('MultiHeadAttention', [...windowed, '', windows.mask], attributes, MICROSOFT);
  return graph.node('Gather', [rows(attended), windows.slots], { axis: 0n });
}

function merge(layers: Layers, config: VisionConfig, x: Value, name: string): Value {
  const { graph } = layers;
  const cellWidth = config.width * config.mergeSize ** 2;
  const normed = layers.rmsNorm(x, `${name}.ln_q.weight`, config.width, NORM_EPSILON);
  const cells = graph.node('Reshape', [normed, graph.integers([-1, cellWidth])]);
  const wide = layers.linear(cells, `${name}.mlp.0`, { inSize: cellWidth, outSize: cellWidth, bias: true });
  const out = { inSize: cellWidth, outSize: config.outWidth, bias: true };
  return layers.linear(layers.geluExact(wide), `${name}.mlp.2`, out);
}
