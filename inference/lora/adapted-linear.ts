import type { Value } from '../onnx/graph-builder.ts';
import type { Layers, LinearOptions } from '../onnx/layers.ts';
import type { TensorInfo } from '../onnx/safetensors-header.ts';
import type { LoraAdapter, LoraModule } from './lora-adapter.ts';

export interface AdaptedLinearOptions extends LinearOptions {
  /**
   * How many rows the input has next to the layer's width. `many`: the low-rank product is added to the weight, which
   * then costs the same for any number of rows. `few`: the rows go through the low-rank factors.
   */
  readonly rows: 'many' | 'few';
}

/** Columns of a layer's input that lie in a tensor of their own. */
interface InputPart {
  /** [rows, size] */
  readonly value: Value;
  readonly size: number;
}

/** Linear layers that a request may adapt with one of several LoRAs. */
export interface AdaptedLinears {
  linear(x: Value, name: string, options: AdaptedLinearOptions): Value;
  /** As `linear` of the concatenated parts, without building the concatenation. */
  linearOfParts(parts: readonly InputPart[], name: string, options: AdaptedLinearOptions): Value;
}

interface SelectedFactors {
  /** [rank, in], already scaled by the request. */
  readonly a: Value;
  /** [out, rank], already scaled by the adapter's own alpha / rank. */
  readonly b: Value;
}

/**
 * All adapters are stacked per module, padded with zeros to the largest rank, and a request selects one by its index:
 * the cost is that of one adapter, and switching costs nothing. The stacks are built from the files in place, once,
 * when the session folds its constants.
 *
 * Adds the inputs `adapter_index` int64 [1] and `adapter_scale` f32 [1] when there are adapters.
 */
export function createAdaptedLinears(layers: Layers, adapters: readonly LoraAdapter[]): AdaptedLinears {
  const { graph } = layers;
  const selection =
    adapters.length === 0
      ? undefined
      : {
          index: graph.node('Squeeze', [graph.input('adapter_index', 'int64', [1])]),
          scale: layers.toCompute(graph.input('adapter_scale', 'float32', [1])),
        };

  const select = (name: string, { inSize, outSize }: LinearOptions): SelectedFactors | undefined => {
    const modules = adapters.map((adapter) => adapter.modules.get(name));
    const rank = Math.max(...modules.map((module) => module?.rank ?? 0));
    if (selection === undefined || rank === 0) return undefined;
    const a = modules.map((module) => stackedFactor(layers, module?.a, [rank, inSize]));
    const b = modules.map((module) => {
      const factor = stackedFactor(layers, module?.b, [outSize, rank]);
      return module === undefined ? factor : scaleByAlpha(layers, factor, module);
    });
    const [selectedA, selectedB] = [a, b].map((stack) => selectFrom(layers, stack, selection.index));
    if (selectedA === undefined || selectedB === undefined) return undefined;
    return { a: graph.node('Mul', [selectedA, selection.scale]), b: selectedB };
  };

  const linearOfParts = (parts: readonly InputPart[], name: string, options: AdaptedLinearOptions): Value => {
    const { inSize, outSize, bias, rows } = options;
    const base = layers.weight(`${name}.weight`, [outSize, inSize]);
    const biasValue = bias ? layers.weight(`${name}.bias`, [outSize]) : undefined;
    const factors = select(name, options);
    if (factors === undefined) return gemmOfParts(layers, parts, base, biasValue);
    // In a half type the sum would lose what the adapter adds, so there the factors stay apart.
    if (rows === 'many' && layers.computeType === 'f32') {
      return gemmOfParts(layers, parts, graph.node('Gemm', [factors.b, factors.a, base]), biasValue);
    }
    const low = gemmOfParts(layers, parts, factors.a, undefined);
    return graph.node('Gemm', [low, factors.b, gemmOfParts(layers, parts, base, biasValue)], { transB: 1n });
  };

  return {
    linear: (x, name, options) => linearOfParts([{ value: x, size: options.inSize }], name, options),
    linearOfParts,
  };
}

/** Sum over the parts of part · (its columns of `weight`)ᵀ, plus the bias. */
function gemmOfParts({ graph }: Layers, parts: readonly InputPart[], weight: Value, bias: Value | undefined): Value {
  let sum = bias;
  let start = 0;
  for (const { value, size } of parts) {
    const columns =
      parts.length === 1
        ? weight
        : graph.node('Slice', [weight, graph.integers([start]), graph.integers([start + size]), graph.integers([1])]);
    sum = graph.node('Gemm', sum === undefined ? [value, columns] : [value, columns, sum], { transB: 1n });
    start += size;
  }
  return sum ?? '';
}

/** A factor in float32, zero where the adapter has nothing. */
function stackedFactor(
  { graph, cast }: Layers,
  factor: TensorInfo | undefined,
  shape: readonly [number, number],
): Value {
  if (factor === undefined) return graph.node('ConstantOfShape', [graph.integers(shape)]);
  const stored = graph.weight(factor);
  const value = factor.dtype === 'float32' ? stored : cast(stored, 'float32');
  const missing = shape.map((size, axis) => size - (factor.shape[axis] ?? 0));
  return missing.every((count) => count === 0) ? value : graph.node('Pad', [value, graph.integers([0, 0, ...missing])]);
}

function scaleByAlpha({ graph }: Layers, factor: Value, { scale }: LoraModule): Value {
  return scale === 1 ? factor : graph.node('Mul', [factor, graph.floats([scale], [])]);
}

function selectFrom(layers: Layers, stack: readonly Value[], index: Value): Value {
  const { graph } = layers;
  const axis = graph.integers([0]);
  const stacked = graph.node(
    'Concat',
    stack.map((factor) => graph.node('Unsqueeze', [factor, axis])),
    { axis: 0n },
  );
  return graph.node('Gather', [layers.toCompute(stacked), index], { axis: 0n });
}
