/** Work that keeps its order within a lane, while lanes do not wait for each other. */
export interface Lanes {
  /** Runs after everything that was given to this lane before has ended, well or not. */
  run<T>(lane: string, work: () => Promise<T>): Promise<T>;
  /** Resolves when nothing is left. */
  idle(): Promise<void>;
}

export function createLanes(): Lanes {
  const ends = new Map<string, Promise<unknown>>();
  return {
    async run(lane, work) {
      const before = ends.get(lane) ?? Promise.resolve();
      const running = before.then(work, work);
      const end = running.catch(() => undefined);
      ends.set(lane, end);
      try {
        return await running;
      } finally {
        if (ends.get(lane) === end) ends.delete(lane);
      }
    },
    async idle() {
      while (ends.size > 0) await Promise.all(ends.values());
    },
  };
}
