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
 * @throws {InferenceError} DEVICE_UNAVAILABLE when the requested provider is unknown to this build of the runtime. */
export function selectDevice(requested: DeviceName, available: readonly string[]): Device {
  if (!available.includes(requested)) {
    throw deviceUnavailable(requested, `this build of onnxruntime-node has only ${available.join(', ')}`);
  }
  return requested === 'cuda'
    ? { name: 'cuda', executionProviders: ['cuda', 'cpu'], computeType: 'bf16' }
    : { name: 'cpu', executionProviders: ['cpu'], computeType: 'f32' };
}

/** What CUDA needs beside the runtime, on the only platform for which onnxruntime-node has it. */
const CUDA_NEEDS =
  "On Linux x64 it needs an NVIDIA driver, CUDA, cuDNN 9, and onnxruntime's own libraries: " +
  '`ONNXRUNTIME_NODE_INSTALL=cuda12 node node_modules/onnxruntime-node/script/install.js` (docs/engines/local.md)';

/** @param reason why, without a full stop. */
export function deviceUnavailable(device: DeviceName, reason: string, options: ErrorOptions = {}): InferenceError {
  const whole = device === 'cuda' ? `${reason}. ${CUDA_NEEDS}` : reason;
  const message = `The device ${device} cannot be used: ${whole}.`;
  return new InferenceError('DEVICE_UNAVAILABLE', message, { device, reason: whole }, options);
}
