import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { InferenceError } from '../errors.ts';
import { createGraphBuilder } from '../onnx/graph-builder.ts';
import type { ComputeType } from '../onnx/graph-types.ts';
import { createLayers, type Layers } from '../onnx/layers.ts';
import { openWeights } from '../onnx/safetensors.ts';

/** Which part of which model folder a builder reads, and what the graph computes in. */
export interface ComponentOptions {
  readonly modelFolder: string;
  /** Folder below the model folder. */
  readonly component?: string;
  /** `f32` unless given; the only one that the CPU runs well. */
  readonly computeType?: ComputeType;
}

/** Start a graph over the weights of a component. */
export function openComponent({ modelFolder, computeType = 'f32' }: ComponentOptions, component: string): Layers {
  const root = resolveFolder(modelFolder);
  return createLayers({
    graph: createGraphBuilder(root),
    weights: openWeights(join(root, component)),
    computeType,
  });
}

function resolveFolder(folder: string): string {
  try {
    return realpathSync(folder);
  } catch (cause) {
    throw new InferenceError('MODEL_MISSING', `The model folder ${folder} is missing.`, { folder }, { cause });
  }
}
