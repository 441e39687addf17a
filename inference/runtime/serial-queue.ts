/** Runs tasks one after another, in the order of asking. */
export interface SerialQueue {
  /** Resolves and rejects as the task does. A task whose turn has not come when its signal aborts never starts:
   * `whenAborted` says what its caller gets, at once. */
  run<T>(task: () => Promise<T>, signal: AbortSignal | undefined, whenAborted: () => Error): Promise<T>;
}

export function createSerialQueue(): SerialQueue {
  let last: Promise<unknown> = Promise.resolve();

  return {
    run(task, signal, whenAborted) {
      return new Promise((resolve, reject) => {
        const abort = () => reject(whenAborted());
        signal?.addEventListener('abort', abort, { once: true });
        last = last.then(async () => {
          signal?.removeEventListener('abort', abort);
          if (signal?.aborted) return abort();
          await task().then(resolve, reject);
        });
      });
    },
  };
}
