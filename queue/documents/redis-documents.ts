import type { Redis } from 'ioredis';
import { z } from 'zod';
import { conversationIdSchema } from '../../core/ids.ts';
import type { Documents } from '../../core/ports.ts';
import { isUnfinished } from '../../core/turns.ts';
import { orUnavailable } from '../store-error.ts';
import { aliasHash } from './alias-hash.ts';
import { parseDocument } from './parse-document.ts';

/** KEYS document, index of unfinished ones · ARGV id, revision, '1' when unfinished, JSON · 1 when written. */
const COMPARE_AND_SET = `
local stored = tonumber(redis.call('HGET', KEYS[1], 'revision') or '0')
if stored ~= tonumber(ARGV[2]) - 1 then return 0 end
redis.call('HSET', KEYS[1], 'revision', ARGV[2], 'document', ARGV[4])
if ARGV[3] == '1' then redis.call('SADD', KEYS[2], ARGV[1]) else redis.call('SREM', KEYS[2], ARGV[1]) end
return 1`;

/** Documents in Redis: durable as far as its append-only file is; `easel doctor` looks at that. */
export function createRedisDocuments(redis: Redis, prefix: string): Documents {
  const keyOf = (id: string) => `${prefix}:conversation:${id}`;
  const aliasKeyOf = (alias: string) => `${prefix}:alias:${aliasHash(alias)}`;
  const unfinished = `${prefix}:unfinished`;

  return {
    get: (id) =>
      orUnavailable(async () => {
        const json = await redis.hget(keyOf(id), 'document');
        return json === null ? undefined : parseDocument(json);
      }),

    compareAndSet: (document) =>
      orUnavailable(async () => {
        const needsSweep = document.turns.some(isUnfinished) ? '1' : '0';
        const { id, revision } = document;
        const json = JSON.stringify(document);
        return (await redis.eval(COMPARE_AND_SET, 2, keyOf(id), unfinished, id, revision, needsSweep, json)) === 1;
      }),

    listUnfinished: () =>
      orUnavailable(async () => z.array(conversationIdSchema).parse(await redis.smembers(unfinished))),

    link: (alias, id) =>
      orUnavailable(async () => {
        // An alias is never removed, so what the second command reads is what the first one lost to.
        const isFirst = (await redis.setnx(aliasKeyOf(alias), id)) === 1;
        return isFirst ? id : conversationIdSchema.parse(await redis.get(aliasKeyOf(alias)));
      }),

    resolve: (alias) =>
      orUnavailable(async () => {
        const id = await redis.get(aliasKeyOf(alias));
        return id === null ? undefined : conversationIdSchema.parse(id);
      }),
  };
}
