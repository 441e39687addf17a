import type { Clock, Ephemeral } from '../../../core/ports.ts';

/** Ephemeral state in memory, with the time of the given clock. */
export function createMemoryEphemeral(clock: Clock) {
  const keys = new Map<string, number>();
  const counters = new Map<string, { value: number; readonly expiresAt: number }>();
  const listeners = new Map<string, Set<(message: string) => void>>();
  const published: { readonly topic: string; readonly message: string }[] = [];
  let isDown = false;

  return {
    ...({
      once(key, ttlMs) {
        const isFree = (keys.get(key) ?? 0) <= clock.now();
        if (isFree) keys.set(key, clock.now() + ttlMs);
        return Promise.resolve(isFree);
      },
      count(key, by, ttlMs) {
        const before = counters.get(key);
        const counter =
          before === undefined || before.expiresAt <= clock.now()
            ? { value: 0, expiresAt: clock.now() + ttlMs }
            : before;
        counter.value += by;
        counters.set(key, counter);
        return Promise.resolve(counter.value);
      },
      publish(topic, message) {
        if (isDown) return Promise.reject(new Error('down'));
        published.push({ topic, message });
        for (const listener of listeners.get(topic) ?? []) {
          try {
            listener(message);
          } catch {
            // A listener's trouble is its own: the port promises that the others hear the message.
          }
        }
        return Promise.resolve();
      },
      subscribe(topic, listener) {
        const own = (message: string) => listener(message);
        const set = listeners.get(topic) ?? new Set();
        listeners.set(topic, set.add(own));
        return Promise.resolve(() => {
          set.delete(own);
          return Promise.resolve();
        });
      },
    } satisfies Ephemeral),
    published,
    breakDown(): void {
      isDown = true;
    },
  };
}
