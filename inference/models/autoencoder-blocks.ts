import type { Attributes, Value } from '../onnx/graph-builder.ts';
import { type Layers, MICROSOFT } from '../onnx/layers.ts';

// The blocks of AutoencoderKL fix this; no config carries it.
const NORM_EPSILON = 1e-6;

/** The building blocks of AutoencoderKL on feature maps [1, channels, height, width]. */
export interface AutoencoderBlocks {
  conv3x3(x: Value, name: string, inChannels: number, outChannels: number): Value;
  conv1x1(x: Value, name: string, inChannels: number, outChannels: number): Value;
  /** GroupNorm, then SiLU. */
  normActivate(x: Value, name: string, channels: number): Value;
  resnet(x: Value, name: string, inChannels: number, outChannels: number): Value;
  /** Two resnets with an optional attention between them. */
  middle(x: Value, name: string, channels: number, hasAttention: boolean): Value;
  /** Halve height and width. */
  downsample(x: Value, name: string, channels: number): Value;
  /** Double height and width. */
  upsample(x: Value, name: string, channels: number): Value;
}

export function createAutoencoderBlocks(layers: Layers, normGroups: number): AutoencoderBlocks {
  const { graph } = layers;

  const conv = (x: Value, name: string, shape: readonly number[], attributes: Attributes): Value => {
    const [outChannels = 0] = shape;
    return graph.node(
      'Conv',
      [x, layers.weight(`${name}.weight`, shape), layers.weight(`${name}.bias`, [outChannels])],
      attributes,
    );
  };
  const conv3x3 = (x: Value, name: string, inChannels: number, outChannels: number): Value =>
    conv(x, name, [outChannels, inChannels, 3, 3], { pads: [1n, 1n, 1n, 1n] });
  const conv1x1 = (x: Value, name: string, inChannels: number, outChannels: number): Value =>
    conv(x, name, [outChannels, inChannels, 1, 1], {});

  // Instance norm over the groups, in float32 because the sums exceed the precision of half types.
  const groupNorm = (x: Value, name: string, channels: number): Value => {
    const ones = graph.floats(Array<number>(normGroups).fill(1));
    const zeros = graph.floats(Array<number>(normGroups).fill(0));
    const grouped = graph.node('Reshape', [layers.toFloat32(x), graph.integers([0, normGroups, -1])]);
    const normed = graph.node('InstanceNormalization', [grouped, ones, zeros], { epsilon: NORM_EPSILON });
    const restored = layers.toCompute(graph.node('Reshape', [normed, graph.node('Shape', [x])]));
    const perChannel = (parameter: string): Value =>
      graph.node('Reshape', [layers.weight(`${name}.${parameter}`, [channels]), graph.integers([channels, 1, 1])]);
    return graph.node('Add', [graph.node('Mul', [restored, perChannel('weight')]), perChannel('bias')]);
  };
  const normActivate = (x: Value, name: string, channels: number): Value =>
    layers.sigmoidGate(groupNorm(x, name, channels), 1);

  const resnet = (x: Value, name: string, inChannels: number, outChannels: number): Value => {
    const first = conv3x3(normActivate(x, `${name}.norm1`, inChannels), `${name}.conv1`, inChannels, outChannels);
    const second = conv3x3(
      normActivate(first, `${name}.norm2`, outChannels),
      `${name}.conv2`,
      outChannels,
      outChannels,
    );
    const skip = inChannels === outChannels ? x : conv1x1(x, `${name}.conv_shortcut`, inChannels, outChannels);
    return graph.node('Add', [skip, second]);
  };

  // One head as wide as the feature map, over all its positions.
  const attention = (x: Value, name: string, channels: number): Value => {
    const square = { inSize: channels, outSize: channels, bias: true };
    const batch = graph.integers([0]);
    const normed = graph.node('Reshape', [
      groupNorm(x, `${name}.group_norm`, channels),
      graph.integers([channels, -1]),
    ]);
    const rows = graph.node('Transpose', [normed], { perm: [1n, 0n] });
    const heads = ['to_q', 'to_k', 'to_v'].map((projection) =>
      graph.node('Unsqueeze', [layers.linear(rows, `${name}.${projection}`, square), batch]),
    );
    const attended = graph.node('MultiHeadAttention', heads, { num_heads: 1n }, MICROSOFT);
    const projected = layers.linear(graph.node('Squeeze', [attended, batch]), `${name}.to_out.0`, square);
    const columns = graph.node('Transpose', [projected], { perm: [1n, 0n] });
    return graph.node('Add', [x, graph.node('Reshape', [columns, graph.node('Shape', [x])])]);
  };

  return {
    conv3x3,
    conv1x1,
    normActivate,
    resnet,
    middle(x, name, channels, hasAttention) {
      const first = resnet(x, `${name}.resnets.0`, channels, channels);
      const attended = hasAttention ? attention(first, `${name}.attentions.0`, channels) : first;
      return resnet(attended, `${name}.resnets.1`, channels, channels);
    },
    // Trained with one row of zeros below and one column to the right, none above and to the left.
    downsample: (x, name, channels) =>
      conv(x, name, [channels, channels, 3, 3], { pads: [0n, 0n, 1n, 1n], strides: [2n, 2n] }),
    upsample(x, name, channels) {
      const doubled = graph.node('Resize', [x, '', graph.floats([1, 1, 2, 2])], {
        mode: 'nearest',
        coordinate_transformation_mode: 'asymmetric',
        nearest_mode: 'floor',
      });
      return conv3x3(doubled, name, channels, channels);
    },
  };
}
