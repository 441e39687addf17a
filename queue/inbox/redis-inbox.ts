import type { Redis } from 'ioredis';
import type { Inbox } from '../../core/inbox.ts';
import { orUnavailable } from '../store-error.ts';
import { oldestFirst, parseKept } from './kept-json.ts';

/** One hash for each platform. */
export function createRedisInbox(redis: Redis, prefix: string): Inbox {
  const keyOf = (platform: string) => `${prefix}:inbox:${platform}`;
  return {
    keep: (platform, event) =>
      orUnavailable(async () => (await redis.hsetnx(keyOf(platform), event.key, JSON.stringify(event))) === 1),
    done: (platform, key) =>
      orUnavailable(async () => {
        await redis.hdel(keyOf(platform), key);
      }),
    list: (platform) => orUnavailable(async () => oldestFirst((await redis.hvals(keyOf(platform))).map(parseKept))),
  };
}
