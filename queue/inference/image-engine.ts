import type { ImageEngine } from '../../core/ports.ts';
import { createEngine, type EngineOptions } from '../../inference/index.ts';
import { fromInferenceError } from './inference-error.ts';

/** An engine as the port that workers render with. */
export interface ReadyEngine extends ImageEngine {
  /** Open the model, again after its process died, or ask the server whether it answers. Nothing that costs.
   * @throws AppError MODEL_INVALID, INFERENCE_OUT_OF_MEMORY, INFERENCE_CHILD_DIED, ENGINE_UNAVAILABLE, ENGINE_MISCONFIGURED … */
  ready(): Promise<void>;
  dispose(): Promise<void>;
}

/** @throws AppError MODEL_INVALID when the files of a local model cannot be read, ENGINE_MISCONFIGURED for options that no
 * remote engine can be made from. Nothing is opened or asked before `ready` or a render. */
export function createImageEngine(options: EngineOptions): ReadyEngine {
  const engine = translated(() => createEngine(options));
  return {
    description: engine.description,
    render: (request, { signal, onStep }) => translatedLater(() => engine.render(request, { signal, onStep })),
    ready: () => translatedLater(() => engine.ready()),
    dispose: () => engine.dispose(),
  };
}

function translated<T>(action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw fromInferenceError(error);
  }
}

async function translatedLater<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw fromInferenceError(error);
  }
}
