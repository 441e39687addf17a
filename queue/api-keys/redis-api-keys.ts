import type { Redis } from 'ioredis';
import type { ApiKeys } from '../../core/api-keys.ts';
import { orUnavailable } from '../store-error.ts';
import { parseApiKey } from './parse-api-key.ts';

/** Keys in Redis: one hash, a field each. */
export function createRedisApiKeys(redis: Redis, prefix: string): ApiKeys {
  const hashKey = `${prefix}:api-keys`;
  return {
    get: (id) =>
      orUnavailable(async () => {
        const json = await redis.hget(hashKey, id);
        return json === null ? undefined : parseApiKey(json);
      }),
    list: () => orUnavailable(async () => (await redis.hvals(hashKey)).map(parseApiKey)),
    put: (key) => orUnavailable(async () => void (await redis.hset(hashKey, key.id, JSON.stringify(key)))),
  };
}
