/** Holds something back until a test lets it go on, one passage at a time or for good. */
export function createGate() {
  let isOpen = false;
  const waiting: (() => void)[] = [];
  let arrived = (): void => undefined;
  return {
    /** Resolves when the test lets it pass. */
    async pass(): Promise<void> {
      if (isOpen) return;
      await new Promise<void>((resolve) => {
        waiting.push(resolve);
        arrived();
      });
    },
    /** Resolves when somebody waits. */
    async reached(): Promise<void> {
      if (waiting.length > 0) return;
      await new Promise<void>((resolve) => {
        arrived = resolve;
      });
    },
    letOne: () => waiting.shift()?.(),
    open(): void {
      isOpen = true;
      for (const resolve of waiting.splice(0)) resolve();
    },
  };
}
