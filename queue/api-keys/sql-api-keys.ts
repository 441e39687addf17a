import type { PgPool } from 'bullmq';
import { z } from 'zod';
import type { ApiKeys } from '../../core/api-keys.ts';
import { orUnavailable } from '../store-error.ts';
import { parseApiKey } from './parse-api-key.ts';

const keyRows = z.array(z.object({ key: z.string() }));

/** Keys in PostgreSQL: one row each. */
export function createSqlApiKeys(pool: PgPool): ApiKeys {
  return {
    get: (id) =>
      orUnavailable(async () => {
        const [row] = keyRows.parse((await pool.query('SELECT key FROM easel.api_key WHERE id = $1', [id])).rows);
        return row === undefined ? undefined : parseApiKey(row.key);
      }),
    list: () =>
      orUnavailable(async () => {
        const rows = keyRows.parse((await pool.query('SELECT key FROM easel.api_key', [])).rows);
        return rows.map(({ key }) => parseApiKey(key));
      }),
    put: (key) =>
      orUnavailable(async () => {
        await pool.query(
          'INSERT INTO easel.api_key (id, key) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET key = excluded.key',
          [key.id, JSON.stringify(key)],
        );
      }),
  };
}
