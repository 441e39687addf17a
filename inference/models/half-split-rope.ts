import type { Value } from '../onnx/graph-builder.ts';
import { type Layers, MICROSOFT } from '../onnx/layers.ts';

/** What one pair of a head turns with: a row of the positions, and how fast. */
export interface RopePair {
  /** Column of `positions`. */
  readonly axis: number;
  readonly frequency: number;
}

/** Rotates the pairs (k, k + headSize / 2) of every head. */
export interface HalfSplitRope {
  /** @param x [1, tokens, heads * headSize] of the compute type. */
  rotate(x: Value, heads: number): Value;
}

/** Frequencies of `size / 2` pairs, rounded to float32 where the reference rounds. */
export function ropeFrequencies(size: number, theta: number): readonly number[] {
  return Array.from({ length: size / 2 }, (_, k) => Math.fround(1 / Math.fround(theta ** Math.fround((2 * k) / size))));
}

/**
 * @param positions int64 [tokens, axes]
 * @param pairs one of each pair of a head.
 * @source transformers Qwen2_5_VLRotaryEmbedding and Qwen2_5_VLVisionRotaryEmbedding: angles and cosines in float32.
 */
export function buildHalfSplitRope(layers: Layers, positions: Value, pairs: readonly RopePair[]): HalfSplitRope {
  const { graph } = layers;
  const axes = graph.integers(pairs.map(({ axis }) => axis));
  const frequencies = graph.floats(
    pairs.map(({ frequency }) => frequency),
    [1, pairs.length],
  );
  // Elementwise: a matrix product may be computed with fewer bits than positions need.
  const perPair = graph.node('Gather', [layers.cast(positions, 'float32'), axes], { axis: 1n });
  const angles = graph.node('Mul', [perPair, frequencies]);
  const cos = graph.node('Cos', [angles]);
  const sin = graph.node('Sin', [angles]);
  const length = graph.node('Squeeze', [graph.node('Shape', [positions], { end: 1n })]);
  const range = graph.node('Range', [graph.integers([0], []), length, graph.integers([1], [])]);
  const rows = graph.node('Unsqueeze', [range, graph.integers([0])]);
  return {
    rotate(x, heads) {
      const attributes = { num_heads: BigInt(heads) };
      const rotated = graph.node('RotaryEmbedding', [layers.toFloat32(x), rows, cos, sin], attributes, MICROSOFT);
      return layers.toCompute(rotated);
    },
  };
}
