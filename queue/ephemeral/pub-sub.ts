import type { Ephemeral } from '../../core/ports.ts';

/** The half of Ephemeral that carries messages. */
export type PubSub = Pick<Ephemeral, 'publish' | 'subscribe'>;
type Listener = (message: string) => void;

/** Who listens to what in this process. */
export interface Listeners {
  /** @returns true when this is the topic's first listener. */
  add(topic: string, listener: Listener): boolean;
  /** @returns true when it was the topic's last listener. */
  remove(topic: string, listener: Listener): boolean;
  topics(): readonly string[];
  hear(topic: string, message: string): void;
}

/** @param failed told about what a listener throws; the others hear the message all the same. */
export function createListeners(failed: (error: unknown) => void): Listeners {
  const byTopic = new Map<string, Set<Listener>>();
  return {
    add(topic, listener) {
      const listeners = byTopic.get(topic);
      if (listeners === undefined) byTopic.set(topic, new Set([listener]));
      else listeners.add(listener);
      return listeners === undefined;
    },
    remove(topic, listener) {
      const listeners = byTopic.get(topic);
      if (listeners?.delete(listener) !== true || listeners.size > 0) return false;
      return byTopic.delete(topic);
    },
    topics: () => [...byTopic.keys()],
    hear(topic, message) {
      for (const listener of byTopic.get(topic) ?? []) {
        try {
          listener(message);
        } catch (error) {
          failed(error);
        }
      }
    },
  };
}

/** Messages of the embedded home: there is no other process to tell. */
export function createLocalPubSub(listeners: Listeners): PubSub {
  return {
    async publish(topic, message) {
      listeners.hear(topic, message);
    },
    async subscribe(topic, listener) {
      // A function of its own, so that one listener may subscribe twice.
      const own: Listener = (message) => listener(message);
      listeners.add(topic, own);
      return async () => {
        listeners.remove(topic, own);
      };
    },
  };
}
