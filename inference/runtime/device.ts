import { InferenceError } from '../errors.ts';
import type { ComputeType } from '../onnx/graph-types.ts';

export type DeviceName = 'cpu' | 'cuda';

/** Where networks run and in which type they compute. */
export interface Device {
  readonly name: DeviceName;
  readonly executionProviders: readonly string[];
  readonly computeType: ComputeType;
}

/** Choose the execution provider; there is no silent fallback to the CPU.
 * @param requested `cpu` computes in f32, `cuda` in bf16 (pure f16 overflows in FLUX and T5).
 * @param available names of the providers that the runtime bundles or found (`cpu`, `cuda`, ...).
 * @throws {InferenceError} INPUT_INVALID when the requested provider is unknown to this build of the runtime. */
export function selectDevice(requested: DeviceName, available: readonly string[]): Device {
  if (!available.includes(requested)) {
    throw new InferenceError(
      'INPUT_INVALID',
      `The device "${requested}" is not part of this build of onnxruntime-node (it has: ${available.join(', ')}).`,
      { device: requested },
    );
  }
  return requested === 'cuda'
    ? { name: 'cuda', executionProviders: ['cuda', 'cpu'], computeType: 'bf16' }
    : { name: 'cpu', executionProviders: ['cpu'], computeType: 'f32' };
}
