import type { AdaptedLinears } from '../lora/adapted-linear.ts';
import type { Value } from '../onnx/graph-builder.ts';
import { type Layers, MICROSOFT } from '../onnx/layers.ts';
import type { FluxConfig } from './flux-config.ts';

const SINUSOID_SIZE = 256;
const MAX_PERIOD = 10_000;
const ROPE_THETA = 10_000;
// The network was trained on timesteps and guidance in thousandths.
const THOUSANDTHS = 1000;

export interface ConditioningInputs {
  /** f32 [1], sigma in 0..1 */
  readonly timestep: Value;
  /** f32 [1] */
  readonly guidance: Value | undefined;
  /** [1, pooledSize] in the compute type */
  readonly pooled: Value;
}

/**
 * The vector that modulates every block, after its SiLU: [1, width].
 *
 * @source diffusers CombinedTimestepGuidanceTextProjEmbeddings.
 */
export function buildConditioning(
  layers: Layers,
  linears: AdaptedLinears,
  config: FluxConfig,
  { timestep, guidance, pooled }: ConditioningInputs,
): Value {
  const { graph } = layers;
  const embed = (x: Value, name: string, inSize: number): Value => {
    const first = linears.linear(x, `${name}.linear_1`, { inSize, outSize: config.width, bias: true, rows: 'few' });
    const second = { inSize: config.width, outSize: config.width, bias: true, rows: 'few' } as const;
    return linears.linear(layers.sigmoidGate(first, 1), `${name}.linear_2`, second);
  };
  const time = embed(sinusoid(layers, timestep), 'time_text_embed.timestep_embedder', SINUSOID_SIZE);
  const text = embed(pooled, 'time_text_embed.text_embedder', config.pooledSize);
  const guided =
    guidance === undefined
      ? time
      : graph.node('Add', [
          time,
          embed(sinusoid(layers, guidance), 'time_text_embed.guidance_embedder', SINUSOID_SIZE),
        ]);
  return layers.sigmoidGate(graph.node('Add', [guided, text]), 1);
}

/** f32 [1] -> [1, 256]: cosines, then sines, of 1000 x at 128 frequencies. */
function sinusoid(layers: Layers, x: Value): Value {
  const { graph } = layers;
  const half = SINUSOID_SIZE / 2;
  // Rounded to float32 where the reference rounds: x reaches 1000, so that the last bit of a frequency shows.
  const frequencies = Array.from({ length: half }, (_, k) => {
    const exponent = Math.fround(Math.fround(Math.fround(-Math.log(MAX_PERIOD)) * k) / half);
    return Math.fround(Math.exp(exponent));
  });
  const scaled = graph.node('Mul', [x, graph.floats([THOUSANDTHS], [])]);
  const angles = graph.node('Mul', [scaled, graph.floats(frequencies, [1, half])]);
  const waves = graph.node('Concat', [graph.node('Cos', [angles]), graph.node('Sin', [angles])], { axis: 1n });
  return layers.toCompute(waves);
}

/** Rotates query and key heads by their position ids. */
export interface RotaryEmbedding {
  /** int64 [1, tokens]: the rows of the whole joint sequence. */
  readonly rows: Value;
  /** Rotate `x` [1, n, width] of the compute type, whose tokens are the joint sequence's `rows` int64 [1, n]. */
  rotate(x: Value, rows: Value): Value;
}

/**
 * @param ids f32 [tokens, 3] of the joint sequence: index, height, width.
 * @source diffusers FluxPosEmbed: angles in float64, cosines in float32, adjacent pairs rotated.
 */
export function buildRotaryEmbedding(layers: Layers, config: FluxConfig, ids: Value): RotaryEmbedding {
  const { graph } = layers;
  // One column per pair; each has one frequency in the row of its axis, so the product with the ids is exact.
  const pairs = config.headSize / 2;
  const table = Array.from({ length: config.ropeAxes.length * pairs }, () => 0);
  let column = 0;
  for (const [axis, size] of config.ropeAxes.entries()) {
    for (let k = 0; k < size / 2; k++) table[axis * pairs + column++] = ROPE_THETA ** ((-2 * k) / size);
  }
  const frequencies = graph.doubles(table, [config.ropeAxes.length, pairs]);
  const angles = graph.node('MatMul', [layers.cast(ids, 'float64'), frequencies]);
  const cos = layers.cast(graph.node('Cos', [angles]), 'float32');
  const sin = layers.cast(graph.node('Sin', [angles]), 'float32');
  const length = graph.node('Squeeze', [graph.node('Shape', [ids], { end: 1n })]);
  const range = graph.node('Range', [graph.integers([0], []), length, graph.integers([1], [])]);
  const attributes = { interleaved: 1n, num_heads: BigInt(config.heads) };
  return {
    rows: graph.node('Unsqueeze', [range, graph.integers([0])]),
    rotate: (x, rows) =>
      layers.toCompute(graph.node('RotaryEmbedding', [layers.toFloat32(x), rows, cos, sin], attributes, MICROSOFT)),
  };
}
