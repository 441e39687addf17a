/** A sleeper that others can wake. A wake-up between two sleeps is not lost. */
export interface Wake {
  now(): void;
  /** Resolves after `now()`, after `timeoutMs`, or when the signal aborts. */
  wait(timeoutMs: number): Promise<void>;
}

export function createWake(signal: AbortSignal): Wake {
  let isAwake = false;
  let resume = (): void => undefined;

  function now(): void {
    isAwake = true;
    resume();
  }
  signal.addEventListener('abort', now, { once: true });

  return {
    now,
    async wait(timeoutMs) {
      if (!isAwake && !signal.aborted) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, timeoutMs);
          resume = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      isAwake = false;
    },
  };
}
