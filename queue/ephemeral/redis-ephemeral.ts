import type { Redis } from 'ioredis';
import { z } from 'zod';
import type { Ephemeral } from '../../core/ports.ts';
import { orUnavailable } from '../store-error.ts';
import type { Listeners } from './pub-sub.ts';

/** ARGV by, ttl · the counter's life begins with its first change and is not prolonged. */
const COUNT = `
local value = redis.call('INCRBY', KEYS[1], ARGV[1])
if redis.call('PTTL', KEYS[1]) < 0 then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return value`;

export interface RedisEphemeralDeps {
  /** Answers or rejects soon: its commands have finite retries. */
  readonly commands: Redis;
  /** Only subscribes; it subscribes again by itself after a lost connection. */
  readonly subscriber: Redis;
  readonly listeners: Listeners;
}

export function createRedisEphemeral(
  { commands, subscriber, listeners }: RedisEphemeralDeps,
  prefix: string,
): Ephemeral {
  const channelPrefix = `${prefix}:topic:`;
  subscriber.on('message', (channel: string, message: string) => {
    listeners.hear(channel.slice(channelPrefix.length), message);
  });

  return {
    once: (key, ttlMs) =>
      orUnavailable(async () => (await commands.set(`${prefix}:once:${key}`, '1', 'PX', ttlMs, 'NX')) === 'OK'),

    count: (key, by, ttlMs) =>
      orUnavailable(async () => z.number().parse(await commands.eval(COUNT, 1, `${prefix}:count:${key}`, by, ttlMs))),

    publish: (topic, message) =>
      orUnavailable(async () => {
        await commands.publish(`${channelPrefix}${topic}`, message);
      }),

    subscribe: (topic, listener) =>
      orUnavailable(async () => {
        const own = (message: string) => listener(message);
        listeners.add(topic, own);
        // Also for a second listener: the first one's subscription may still be on its way.
        await subscriber.subscribe(`${channelPrefix}${topic}`);
        return async () => {
          if (listeners.remove(topic, own)) await subscriber.unsubscribe(`${channelPrefix}${topic}`);
        };
      }),
  };
}
