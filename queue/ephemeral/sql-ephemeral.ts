import type { PgPool } from 'bullmq';
import { z } from 'zod';
import type { Ephemeral, Logger } from '../../core/ports.ts';
import { orUnavailable } from '../store-error.ts';
import type { PubSub } from './pub-sub.ts';

const ONCE = `
INSERT INTO easel.ephemeral AS stored (key, count, expires_at)
VALUES ($1, 1, clock_timestamp() + $2::float8 * interval '1 millisecond')
ON CONFLICT (key) DO UPDATE SET expires_at = excluded.expires_at WHERE stored.expires_at <= clock_timestamp()
RETURNING key`;

const COUNT = `
INSERT INTO easel.ephemeral AS stored (key, count, expires_at)
VALUES ($1, $2::bigint, clock_timestamp() + $3::float8 * interval '1 millisecond')
ON CONFLICT (key) DO UPDATE SET
  count = excluded.count + CASE WHEN stored.expires_at <= clock_timestamp() THEN 0 ELSE stored.count END,
  expires_at = CASE WHEN stored.expires_at <= clock_timestamp() THEN excluded.expires_at ELSE stored.expires_at END
RETURNING count`;

const countRow = z.object({ count: z.coerce.number() });
/** Expired rows are not seen; every so many writes they are deleted. */
const WRITES_BETWEEN_CLEANUPS = 1000;

/** Counters and keys in one table, by the database's clock, so that machines need not agree on the time. */
export function createSqlEphemeral(pool: PgPool, pubSub: PubSub, logger: Logger): Ephemeral {
  let writes = 0;

  async function rowsOf(text: string, params: readonly unknown[]): Promise<readonly unknown[]> {
    writes += 1;
    if (writes % WRITES_BETWEEN_CLEANUPS === 0) void deleteExpired();
    return (await pool.query(text, params)).rows;
  }

  async function deleteExpired(): Promise<void> {
    try {
      await pool.query('DELETE FROM easel.ephemeral WHERE expires_at <= clock_timestamp()');
    } catch (error) {
      logger.warn({ event: 'ephemeral-cleanup', cause: String(error) }, 'expired keys could not be deleted');
    }
  }

  return {
    once: (key, ttlMs) => orUnavailable(async () => (await rowsOf(ONCE, [`once:${key}`, ttlMs])).length === 1),
    count: (key, by, ttlMs) =>
      orUnavailable(async () => {
        const [row] = await rowsOf(COUNT, [`count:${key}`, by, ttlMs]);
        return countRow.parse(row).count;
      }),
    ...pubSub,
  };
}
