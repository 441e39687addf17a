import { createChildHost } from '../runtime/child-host.ts';
import { classifierContract, type PictureScores } from './classifier-contract.ts';

export interface PictureClassifierOptions {
  /** Resident bytes above which the process is killed; default: no ceiling. */
  readonly memoryLimitBytes?: number | undefined;
}

/** Says how explicit a picture looks, in a forked process of its own: on no other event loop, and beside a render. */
export interface PictureClassifier {
  /** Calls wait for each other; a picture takes a few milliseconds.
   * @throws {InferenceError} INPUT_UNSUPPORTED_IMAGE, INPUT_TOO_LARGE, CANCELLED after an abort, MODEL_MISSING,
   * MODEL_INVALID, NUMERIC_INVALID, INFERENCE_OUT_OF_MEMORY, INFERENCE_CHILD_DIED. */
  classify(image: Uint8Array, options?: { readonly signal?: AbortSignal | undefined }): Promise<PictureScores>;
  /** Open the model now instead of with the first picture.
   * @throws {InferenceError} MODEL_MISSING, MODEL_INVALID, INFERENCE_OUT_OF_MEMORY, INFERENCE_CHILD_DIED. */
  ready(): Promise<void>;
  /** Process id of the classifier's process while it runs. */
  pid(): number | undefined;
  dispose(): Promise<void>;
}

/** @param file the ONNX file of `models/safety`. It is opened with the first picture, or by `ready`. */
export function createPictureClassifier(
  file: string,
  { memoryLimitBytes }: PictureClassifierOptions = {},
): PictureClassifier {
  const host = createChildHost(
    { contract: classifierContract, entry: new URL('child', import.meta.url) },
    // One thread: it must not take the cores from a render.
    { settings: { file, threads: 1 }, memoryLimitBytes, memoryPollMs: 250, cancelGraceMs: 10_000 },
  );
  return {
    classify: (image, { signal } = {}) => host.call({ image }, { signal }),
    ready: () => host.ready(),
    pid: () => host.pid(),
    dispose: () => host.dispose(),
  };
}
