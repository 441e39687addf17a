import type { PgPool } from 'bullmq';
import { z } from 'zod';
import type { Inbox } from '../../core/inbox.ts';
import { orUnavailable } from '../store-error.ts';

const rowsSchema = z.array(z.object({ key: z.string(), body: z.string(), keptAt: z.coerce.number() }).readonly());

export function createSqlInbox(pool: PgPool): Inbox {
  return {
    keep: (platform, { key, body, keptAt }) =>
      orUnavailable(async () => {
        const insert = `INSERT INTO easel.inbox (platform, key, body, kept_at) VALUES ($1, $2, $3, $4)
          ON CONFLICT DO NOTHING RETURNING key`;
        return (await pool.query(insert, [platform, key, body, keptAt])).rows.length === 1;
      }),
    done: (platform, key) =>
      orUnavailable(async () => {
        await pool.query('DELETE FROM easel.inbox WHERE platform = $1 AND key = $2', [platform, key]);
      }),
    list: (platform) =>
      orUnavailable(async () => {
        const select = `SELECT key, body, kept_at AS "keptAt" FROM easel.inbox WHERE platform = $1 ORDER BY kept_at`;
        return rowsSchema.parse((await pool.query(select, [platform])).rows);
      }),
  };
}
