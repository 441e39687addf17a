import type { PgPool } from 'bullmq';
import type { Redis } from 'ioredis';
import { z } from 'zod';

/**
 * Start-time fair queueing: people take turns, however many jobs one of them has waiting. A job's priority is
 * max(priority of the job that started last, priority of its owner's last job) + 1; lower starts first.
 * (The number of one's own waiting jobs as priority would let whoever sends one at a time overtake for ever.)
 */
export interface FairOrder {
  /** @returns the priority of the owner's next job, 1..MAX_PRIORITY. */
  next(queue: string, owner: string): Promise<number>;
  started(queue: string, priority: number): Promise<void>;
  /** Forget everything about a queue that became empty: numbers begin again. */
  reset(queue: string): Promise<void>;
}

/** BullMQ's highest priority; a queue that was never empty so long loses its order, not its jobs. */
const MAX_PRIORITY = 2_097_151;

const priorityRow = z.object({ tag: z.number() });

export function createSqlFairOrder(pool: PgPool): FairOrder {
  return {
    async next(queue, owner) {
      const { rows } = await pool.query(
        `WITH clock AS (SELECT coalesce(max(started), 0) AS started FROM easel.fair_queue WHERE queue = $1)
         INSERT INTO easel.fair_owner AS stored (queue, owner, tag)
         SELECT $1, $2, least(started + 1, $3::integer) FROM clock
         ON CONFLICT (queue, owner) DO UPDATE
           SET tag = least(greatest(excluded.tag, stored.tag + 1), $3::integer)
         RETURNING tag`,
        [queue, owner, MAX_PRIORITY],
      );
      return priorityRow.parse(rows[0]).tag;
    },
    async started(queue, priority) {
      await pool.query(
        `INSERT INTO easel.fair_queue AS stored (queue, started) VALUES ($1, $2)
         ON CONFLICT (queue) DO UPDATE SET started = greatest(stored.started, excluded.started)`,
        [queue, priority],
      );
    },
    async reset(queue) {
      await pool.query('DELETE FROM easel.fair_queue WHERE queue = $1', [queue]);
      await pool.query('DELETE FROM easel.fair_owner WHERE queue = $1', [queue]);
    },
  };
}

/** The field `started` cannot be an owner: owners carry a prefix. */
const NEXT = `
local started = tonumber(redis.call('HGET', KEYS[1], 'started') or '0')
local last = tonumber(redis.call('HGET', KEYS[1], ARGV[1]) or '0')
local tag = math.min(math.max(started, last) + 1, tonumber(ARGV[2]))
redis.call('HSET', KEYS[1], ARGV[1], tag)
return tag`;
const STARTED = `
local started = tonumber(redis.call('HGET', KEYS[1], 'started') or '0')
if tonumber(ARGV[1]) > started then redis.call('HSET', KEYS[1], 'started', ARGV[1]) end
return 1`;

export function createRedisFairOrder(redis: Redis, prefix: string): FairOrder {
  const keyOf = (queue: string) => `${prefix}:fair:${queue}`;
  return {
    next: async (queue, owner) =>
      z.number().parse(await redis.eval(NEXT, 1, keyOf(queue), `owner:${owner}`, MAX_PRIORITY)),
    async started(queue, priority) {
      await redis.eval(STARTED, 1, keyOf(queue), priority);
    },
    async reset(queue) {
      await redis.del(keyOf(queue));
    },
  };
}
