import type { Inbox, KeptEvent } from '../../../core/inbox.ts';

export function createMemoryInbox(): Inbox {
  const kept = new Map<string, KeptEvent>();
  const idOf = (platform: string, key: string) => `${platform} ${key}`;
  return {
    async keep(platform, event) {
      const id = idOf(platform, event.key);
      if (kept.has(id)) return false;
      kept.set(id, event);
      return true;
    },
    async done(platform, key) {
      kept.delete(idOf(platform, key));
    },
    async list(platform) {
      const own = [...kept].filter(([id]) => id.startsWith(`${platform} `)).map(([, event]) => event);
      return own.toSorted((a, b) => a.keptAt - b.keptAt);
    },
  };
}
