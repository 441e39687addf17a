import { isPgPool, type PgPool, runMigrations } from 'bullmq';
import pg from 'pg';
import { createSqlDocuments } from '../documents/sql-documents.ts';
import { createPgPubSub } from '../ephemeral/pg-pub-sub.ts';
import { createListeners } from '../ephemeral/pub-sub.ts';
import { createSqlEphemeral } from '../ephemeral/sql-ephemeral.ts';
import { createSqlInbox } from '../inbox/sql-inbox.ts';
import { createSqlBull } from '../jobs/bull.ts';
import { createBullJobs, type JobTiming } from '../jobs/bull-jobs.ts';
import { createSqlFairOrder } from '../jobs/fair-order.ts';
import { createSeldomLog } from '../log-seldom.ts';
import { createTables } from '../sql/tables.ts';
import { closeInOrder } from './close-in-order.ts';
import type { Home, HomeDeps } from './home.ts';

/** Each worker keeps one for itself to hear of new jobs. */
const MAX_CONNECTIONS = 20;
const CONNECT_TIMEOUT_MS = 5000;

/** Documents, events and queue in one PostgreSQL database, version 13 or newer, in the schemas `bullmq` and `easel`. */
export async function openPostgresHome(
  connectionString: string,
  { logger }: HomeDeps,
  timing: JobTiming,
): Promise<Home> {
  const pool = createPool(connectionString, MAX_CONNECTIONS);
  pool.on('error', createSeldomLog(logger, { event: 'postgres-error' }, 'a connection to PostgreSQL broke'));
  try {
    const client = await pool.connect();
    try {
      await runMigrations(client);
    } finally {
      client.release();
    }
    await createTables(pool);
  } catch (error) {
    await pool.end();
    throw error;
  }
  const listeners = createListeners(createSeldomLog(logger, { event: 'listener-failed' }, 'a listener threw'));
  const pubSub = createPgPubSub(connectionString, pool, { listeners, logger });
  const ephemeral = createSqlEphemeral(pool, pubSub, logger);
  const fairOrder = createSqlFairOrder(pool);
  const jobs = createBullJobs({ bull: createSqlBull(pool), fairOrder, ephemeral, logger }, timing);
  return {
    documents: createSqlDocuments(pool),
    inbox: createSqlInbox(pool),
    ephemeral,
    jobs,
    close: closeInOrder([jobs.close, pubSub.close, () => pool.end()]),
  };
}

/** BullMQ's own type of the pool is stricter about listeners than node-postgres'. */
export function createPool(connectionString: string, max: number): PgPool {
  const pool: unknown = new pg.Pool({
    connectionString,
    max,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    // BullMQ's statements name no schema.
    options: '-c search_path=bullmq,public',
  });
  if (!isPgPool(pool)) throw new TypeError('node-postgres made a pool that BullMQ cannot use');
  return pool;
}
