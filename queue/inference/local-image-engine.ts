import type { ImageEngine } from '../../core/ports.ts';
import { createLocalEngine, type LocalEngineOptions } from '../../inference/index.ts';
import { fromInferenceError } from './inference-error.ts';

/** The engine of this machine as the port that workers render with. */
export interface LocalImageEngine extends ImageEngine {
  /** Open the model now, or again after its process died. @throws AppError MODEL_INVALID, INFERENCE_OUT_OF_MEMORY, INFERENCE_CHILD_DIED */
  ready(): Promise<void>;
  dispose(): Promise<void>;
}

/** @throws AppError MODEL_INVALID when the folder's own files cannot be read; its weights are opened by `ready` or a render. */
export function createLocalImageEngine(options: LocalEngineOptions): LocalImageEngine {
  const engine = translated(() => createLocalEngine(options));
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
