import { join } from 'node:path';
import type { Config } from '../core/config.ts';
import type { SafetyFilter } from '../core/ports.ts';
import { createSafetyFilter } from '../core/safety/picture-policy.ts';
import { createReadyClassifier } from '../queue/inference/picture-classifier.ts';
import { PACKAGE_FOLDER } from './files.ts';

/** What decides here which pictures are used and shown, as EASEL_SAFETY says. */
export interface OpenSafety {
  readonly filter: SafetyFilter;
  /** Open the classifier; at once where pictures are not looked at. @throws AppError MODEL_INVALID, INFERENCE_OUT_OF_MEMORY, INFERENCE_CHILD_DIED */
  ready(): Promise<void>;
  dispose(): Promise<void>;
}

const CLASSIFIER = join(PACKAGE_FOLDER, 'models/safety/nsfw-mobilenet-v2.onnx');

/** Nothing is opened yet; the first picture or `ready` does that. */
export function openSafety({ safety: { pictures, threshold } }: Pick<Config, 'safety'>, file = CLASSIFIER): OpenSafety {
  const nothing = () => Promise.resolve();
  if (pictures === 'off') return { filter: createSafetyFilter(), ready: nothing, dispose: nothing };
  const classifier = createReadyClassifier(file);
  const { classify, ready, dispose } = classifier;
  return { filter: createSafetyFilter({ classify, isStrict: pictures === 'strict', threshold }), ready, dispose };
}
