import type { ApiKey, ApiKeys } from '../../../core/api-keys.ts';

/** Keys in memory. */
export function createMemoryApiKeys(): ApiKeys {
  const stored = new Map<string, ApiKey>();
  return {
    get: (id) => Promise.resolve(stored.get(id)),
    list: () => Promise.resolve([...stored.values()]),
    put(key) {
      stored.set(key.id, key);
      return Promise.resolve();
    },
  };
}
