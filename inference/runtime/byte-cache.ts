/** Remembers the most recently used values, bounded by the bytes that they hold. */
export interface ByteCache<T> {
  /** The value of a key, computed once; a failure is not remembered. */
  get(key: string, compute: () => Promise<T>): Promise<T>;
}

/** @param sizeBytes bytes of a value. @param maxBytes the oldest values leave beyond it; 0 keeps nothing. */
export function createByteCache<T>(maxBytes: number, sizeBytes: (value: T) => number): ByteCache<T> {
  // A Map keeps insertion order: the first key is the one unused for longest.
  const entries = new Map<string, T>();
  let heldBytes = 0;

  function remember(key: string, value: T): void {
    heldBytes += sizeBytes(value);
    entries.set(key, value);
    for (const [oldestKey, oldest] of entries) {
      if (heldBytes <= maxBytes) return;
      entries.delete(oldestKey);
      heldBytes -= sizeBytes(oldest);
    }
  }

  return {
    async get(key, compute) {
      const known = entries.get(key);
      if (known === undefined) {
        const value = await compute();
        remember(key, value);
        return value;
      }
      entries.delete(key);
      entries.set(key, known);
      return known;
    },
  };
}
