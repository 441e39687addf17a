import type { ImageRequest, ImageResult } from '../engines/image-request.ts';
import { InferenceError } from '../errors.ts';
import { type ChildCall, type ChildConnection, type ChildOptions, cancelled, forkChild } from './child-connection.ts';
import { createSerialQueue } from './serial-queue.ts';

/** Keeps one inference process for as long as it works, and makes a new one for the next request when it does not. */
export interface InferenceHost {
  /** Start the process and open the model, unless that has happened.
   * @throws {InferenceError} what opening the model threw; the next call tries again. */
  ready(): Promise<void>;
  /** Renders wait for each other, in order.
   * @throws {InferenceError} what the render threw; CANCELLED after an abort; INFERENCE_CHILD_DIED;
   * INFERENCE_OUT_OF_MEMORY when the process crossed its ceiling. */
  render(request: ImageRequest, call: ChildCall): Promise<ImageResult>;
  /** Process id of the running child. */
  pid(): number | undefined;
  /** End the process; what was running or waiting rejects with CANCELLED. */
  dispose(): Promise<void>;
}

export function createInferenceHost(options: ChildOptions): InferenceHost {
  const queue = createSerialQueue();
  let child: ChildConnection | undefined;
  let isDisposed = false;

  function liveChild(): ChildConnection {
    if (isDisposed) throw cancelled();
    if (!child?.isAlive()) child = forkChild(options);
    return child;
  }

  return {
    async ready() {
      await liveChild().ready;
    },
    render(request, call) {
      return queue.run(
        async () => {
          const current = liveChild();
          await untilAborted(current.ready, call.signal);
          return current.render(request, call);
        },
        call.signal,
        cancelled,
      );
    },
    pid: () => (child?.isAlive() ? child.pid : undefined),
    async dispose() {
      isDisposed = true;
      child?.kill(new InferenceError('CANCELLED', 'The engine was closed.'));
      await child?.ended;
    },
  };
}

/** Stop waiting for the model when the caller gives up; it goes on opening for the next one.
 * @throws {InferenceError} CANCELLED */
async function untilAborted(opening: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  if (!signal) return opening;
  let abort: () => void = () => undefined;
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(cancelled());
    signal.addEventListener('abort', abort, { once: true });
  });
  try {
    await Promise.race([opening, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
