import { InferenceError } from '../errors.ts';
import {
  type ChildCall,
  type ChildConnection,
  type ChildKind,
  type ChildOptions,
  cancelled,
  forkChild,
} from './child-connection.ts';
import { createSerialQueue } from './serial-queue.ts';

/** Keeps one inference process for as long as it works, and makes a new one for the next call when it does not. */
export interface ChildHost<Request, Progress, Result> {
  /** Start the process and open the model, unless that has happened.
   * @throws {InferenceError} what opening the model threw; the next call tries again. */
  ready(): Promise<void>;
  /** Calls wait for each other, in order.
   * @throws {InferenceError} what the call threw; CANCELLED after an abort; INFERENCE_CHILD_DIED;
   * INFERENCE_OUT_OF_MEMORY when the process crossed its ceiling. */
  call(request: Request, call: ChildCall<Progress>): Promise<Result>;
  /** Process id of the running child. */
  pid(): number | undefined;
  /** End the process; what was running or waiting rejects with CANCELLED. */
  dispose(): Promise<void>;
}

export function createChildHost<Settings, Request, Progress, Result>(
  kind: ChildKind<Settings, Request, Progress, Result>,
  options: ChildOptions<Settings>,
): ChildHost<Request, Progress, Result> {
  const queue = createSerialQueue();
  let child: ChildConnection<Request, Progress, Result> | undefined;
  let isDisposed = false;

  function liveChild(): ChildConnection<Request, Progress, Result> {
    if (isDisposed) throw cancelled();
    if (!child?.isAlive()) child = forkChild(kind, options);
    return child;
  }

  return {
    async ready() {
      await liveChild().ready;
    },
    call(request, call) {
      return queue.run(
        async () => {
          const current = liveChild();
          await untilAborted(current.ready, call.signal);
          return current.call(request, call);
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
