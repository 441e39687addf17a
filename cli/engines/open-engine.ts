import type { Config } from '../../core/config.ts';
import type { EngineKind } from '../../core/environment.ts';
import { createImageEngine, type ReadyEngine } from '../../queue/inference/image-engine.ts';
import { optionsOf } from './engine-options.ts';

/** An engine of the environment, the default one unless another kind is named. Nothing is opened or asked yet; `ready` does
 * that, a render makes a picture. Whoever opens it disposes of it. @throws AppError CONFIG_INVALID, MODEL_INVALID */
export function openEngine(config: Config, kind: EngineKind = config.engine.kind): ReadyEngine {
  return createImageEngine(optionsOf(kind, config));
}
