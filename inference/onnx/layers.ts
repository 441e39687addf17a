import { InferenceError } from '../errors.ts';
import { dataTypeOf, type ElementType, type GraphBuilder, type Value } from './graph-builder.ts';
import type { ComputeType } from './graph-types.ts';
import type { WeightStore } from './safetensors.ts';
import type { TensorInfo, WeightType } from './safetensors-header.ts';

export const MICROSOFT = { domain: 'com.microsoft' } as const;

const ELEMENT_TYPES: Readonly<Record<ComputeType, WeightType>> = { f32: 'float32', f16: 'float16', bf16: 'bfloat16' };

export interface LayersOptions {
  readonly graph: GraphBuilder;
  readonly weights: WeightStore;
  readonly computeType: ComputeType;
}

export interface LinearOptions {
  readonly inSize: number;
  readonly outSize: number;
  readonly bias: boolean;
}

/** The layers that all networks share; every weight is checked against the shape that the config implies. */
export interface Layers {
  readonly graph: GraphBuilder;
  readonly weights: WeightStore;
  readonly computeType: ComputeType;
  cast(x: Value, to: ElementType): Value;
  /** float32 to the compute type. */
  toCompute(x: Value): Value;
  /** Compute type to float32. */
  toFloat32(x: Value): Value;
  /** A named weight in the compute type (or in `as`). */
  weight(name: string, shape: readonly number[], as?: WeightType): Value;
  /** Rows `ids` int64 [n] of a table [count, size], as float32; only these are read from the file. */
  embedding(ids: Value, name: string, shape: readonly [number, number]): Value;
  /** `x` [rows, in] -> [rows, out] with the weights `{name}.weight` [out, in] and `{name}.bias` [out]. */
  linear(x: Value, name: string, options: LinearOptions): Value;
  /** Normalize the last dimension with `{name}.weight` and `{name}.bias` [size]. */
  layerNorm(x: Value, name: string, size: number, epsilon: number): Value;
  /** Root mean square norm of the last dimension with the weight `name` [size]. */
  rmsNorm(x: Value, name: string, size: number, epsilon: number): Value;
  /** x * sigmoid(alpha * x): SiLU with 1, CLIP's quick_gelu with 1.702. */
  sigmoidGate(x: Value, alpha: number): Value;
  geluTanh(x: Value): Value;
  geluExact(x: Value): Value;
}

export function createLayers({ graph, weights, computeType }: LayersOptions): Layers {
  const computeElement = ELEMENT_TYPES[computeType];
  const cast = (x: Value, to: ElementType): Value => graph.node('Cast', [x], { to: dataTypeOf(to) });
  const toCompute = (x: Value): Value => (computeType === 'f32' ? x : cast(x, computeElement));
  const toFloat32 = (x: Value): Value => (computeType === 'f32' ? x : cast(x, 'float32'));

  const storedWeight = (name: string, shape: readonly number[]): TensorInfo => {
    const tensor = weights.info(name);
    if (tensor.shape.length !== shape.length || tensor.shape.some((size, axis) => size !== shape[axis])) {
      throw new InferenceError(
        'MODEL_INVALID',
        `${tensor.file}: "${name}" has the shape [${tensor.shape.join(', ')}], the config expects [${shape.join(', ')}].`,
        { file: tensor.file, tensor: name },
      );
    }
    return tensor;
  };
  const weight = (name: string, shape: readonly number[], as = computeElement): Value => {
    const tensor = storedWeight(name, shape);
    const stored = graph.weight(tensor);
    return tensor.dtype === as ? stored : cast(stored, as);
  };

  return {
    graph,
    weights,
    computeType,
    cast,
    toCompute,
    toFloat32,
    weight,
    embedding(ids, name, shape) {
      const tensor = storedWeight(name, shape);
      const rows = graph.node('Gather', [graph.weight(tensor), ids], { axis: 0n });
      return tensor.dtype === 'float32' ? rows : cast(rows, 'float32');
    },
    linear(x, name, { inSize, outSize, bias }) {
      const inputs = [x, weight(`${name}.weight`, [outSize, inSize])];
      if (bias) inputs.push(weight(`${name}.bias`, [outSize]));
      return graph.node('Gemm', inputs, { transB: 1n });
    },
    layerNorm(x, name, size, epsilon) {
      const inputs = [x, weight(`${name}.weight`, [size]), weight(`${name}.bias`, [size])];
      return graph.node('LayerNormalization', inputs, { axis: -1n, epsilon });
    },
    rmsNorm(x, name, size, epsilon) {
      return graph.node('SimplifiedLayerNormalization', [x, weight(name, [size])], { axis: -1n, epsilon });
    },
    sigmoidGate: (x, alpha) => graph.node('QuickGelu', [x], { alpha }, MICROSOFT),
    geluTanh: (x) => graph.node('Gelu', [x], { approximate: 'tanh' }),
    geluExact: (x) => graph.node('Gelu', [x], { approximate: 'none' }),
  };
}
