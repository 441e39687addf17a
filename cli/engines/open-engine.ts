import type { Config } from '../../core/config.ts';
import type { EngineKind } from '../../core/environment.ts';
import { AppError, isAppError } from '../../core/errors.ts';
import type { EngineOptions } from '../../inference/index.ts';
import { createImageEngine, type ReadyEngine } from '../../queue/inference/image-engine.ts';
import { planOf } from './engine-options.ts';

/** An engine of the environment, the default one unless another kind is named. Nothing is opened or asked yet; `ready` does
 * that, a render makes a picture. Whoever opens it disposes of it. @throws AppError CONFIG_INVALID, MODEL_INVALID */
export function openEngine(config: Config, kind: EngineKind = config.engine.kind): ReadyEngine {
  return makeEngine(planOf(kind, config).options);
}

/** Options that no engine can be made from are a matter of configuration. @throws AppError CONFIG_INVALID, MODEL_INVALID */
export function makeEngine(options: EngineOptions): ReadyEngine {
  try {
    return createImageEngine(options);
  } catch (error) {
    if (!isAppError(error) || error.code !== 'ENGINE_MISCONFIGURED' || !(error.cause instanceof Error)) throw error;
    throw new AppError('CONFIG_INVALID', { problems: error.cause.message }, { cause: error });
  }
}
