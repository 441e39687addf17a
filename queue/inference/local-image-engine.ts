import type { LocalEngineOptions } from '../../inference/index.ts';
import { createImageEngine, type ReadyEngine } from './image-engine.ts';

/** The engine of this machine. @throws AppError MODEL_INVALID, see `createImageEngine`. */
export function createLocalImageEngine(options: LocalEngineOptions): ReadyEngine {
  return createImageEngine({ kind: 'local', ...options });
}
