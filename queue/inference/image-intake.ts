import type { ImageIntake } from '../../core/ports.ts';
import { normaliseImage } from '../../inference/index.ts';
import { fromInferenceError } from './inference-error.ts';

/** The port that checks what people send, on our own image code. */
export function createImageIntake(): ImageIntake {
  return {
    async normalise(bytes, { signal }) {
      try {
        return await normaliseImage(bytes, { signal });
      } catch (error) {
        throw fromInferenceError(error);
      }
    },
  };
}
