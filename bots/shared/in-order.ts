/** Runs tasks of one key one after the other and tasks of different keys side by side. */
export interface InOrder {
  /** @returns what the task returns or throws. */
  run<T>(key: string, task: () => Promise<T>): Promise<T>;
  /** Resolves when nothing runs or waits any more. */
  idle(): Promise<void>;
}

export function createInOrder(): InOrder {
  const tails = new Map<string, Promise<unknown>>();

  return {
    run(key, task) {
      const result = (tails.get(key) ?? Promise.resolve()).then(task);
      // Whoever waits behind it goes on whatever became of it.
      const tail = result.then(
        () => undefined,
        () => undefined,
      );
      tails.set(key, tail);
      void tail.then(() => {
        if (tails.get(key) === tail) tails.delete(key);
      });
      return result;
    },
    async idle() {
      while (tails.size > 0) await Promise.all(tails.values());
    },
  };
}
