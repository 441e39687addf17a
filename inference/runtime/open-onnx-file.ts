import { existsSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { InferenceError } from '../errors.ts';
import type { TensorSpec } from '../onnx/graph-types.ts';
import type { Session } from './session.ts';

export interface OnnxFileOptions {
  /** What the file's graph takes and gives, checked at every run. */
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
  /** Threads inside one operator; default: the cores this process may use. */
  readonly threads?: number | undefined;
}

/** Open an ONNX file as somebody else exported it, on the CPU; its weights lie in it or beside it.
 * @throws {InferenceError} MODEL_MISSING without the file, MODEL_INVALID when the runtime refuses it. */
export async function openOnnxFile(path: string, { inputs, outputs, threads }: OnnxFileOptions): Promise<Session> {
  if (!existsSync(path)) {
    throw new InferenceError('MODEL_MISSING', `${path} is missing: expected an ONNX file.`, { file: path });
  }
  // Loaded here: whoever only imports the index, a bot for example, never loads the runtime.
  const { openDevice, openSession } = await import('./session.ts');
  const graph = { bytes: readFileSync(path), externalDataFolder: dirname(path), inputs, outputs };
  return openSession(graph, { device: openDevice('cpu'), threads });
}
