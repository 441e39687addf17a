import { AppError } from '../../core/errors.ts';
import type { ClassifyPicture } from '../../core/safety/picture-policy.ts';
import { createPictureClassifier, isInferenceError } from '../../inference/index.ts';
import { fromInferenceError } from './inference-error.ts';

/** The classifier as the safety filter asks it. */
export interface ReadyClassifier {
  readonly classify: ClassifyPicture;
  /** Open the model. @throws AppError MODEL_INVALID, INFERENCE_OUT_OF_MEMORY, INFERENCE_CHILD_DIED */
  ready(): Promise<void>;
  dispose(): Promise<void>;
}

/** Nothing is opened before `ready` or the first picture. What cannot be looked at does not count as seen. */
export function createReadyClassifier(file: string): ReadyClassifier {
  const classifier = createPictureClassifier(file);

  async function classify(bytes: Uint8Array, signal: AbortSignal) {
    try {
      return await classifier.classify(bytes, { signal });
    } catch (error) {
      // A process that died is replaced with the next call.
      if (!isInferenceError(error) || error.code !== 'INFERENCE_CHILD_DIED') throw error;
      return await classifier.classify(bytes, { signal });
    }
  }

  return {
    async classify(bytes, { signal }) {
      try {
        return await classify(bytes, signal);
      } catch (error) {
        if (isInferenceError(error) && error.code === 'CANCELLED') throw fromInferenceError(error);
        const code = isInferenceError(error) ? error.code : 'BUG';
        throw new AppError('SAFETY_UNAVAILABLE', {}, { cause: error, details: { reason: code } });
      }
    },
    async ready() {
      try {
        await classifier.ready();
      } catch (error) {
        throw fromInferenceError(error);
      }
    },
    dispose: () => classifier.dispose(),
  };
}
