import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { runMigrations } from 'bullmq';
import type { Clock, Logger, Stop } from '../../core/ports.ts';
import { hasCode, makeFolder } from '../home/durable-file.ts';
import { createTables } from '../sql/tables.ts';
import { PGlitePool } from './pglite-pool.ts';
import { vacuumEvery } from './vacuum.ts';

export interface EmbeddedDatabase {
  readonly pool: PGlitePool;
  close: Stop;
}

export interface EmbeddedDatabaseDeps {
  readonly logger: Logger;
  readonly clock: Clock;
}

/** The default of 128 MB is no faster for a queue of this size and costs 100 MB. */
const START_PARAMETERS = ['-c', 'shared_buffers=8MB'];

/**
 * What was running when the last process ended goes back to its place at once instead of when its lock runs out: no other
 * process can hold a job of this database.
 */
const RELEASE_JOBS = `
UPDATE bullmq.job SET state = 'waiting', lock_token = NULL, locked_until_ms = NULL, stalled_marked = false
WHERE state = 'active'`;

/**
 * The database of the embedded home: PostgreSQL as WebAssembly in this process, its files in `folder`. Whoever calls
 * holds the home's lock: two processes on one folder would destroy each other's rows without an error.
 *
 * It never fsyncs, so a power loss may leave files that cannot be opened. They are moved aside and a fresh database
 * begins: nothing but jobs and short-lived counters is in it, and the sweep adds the jobs again.
 */
export async function openEmbeddedDatabase(
  folder: string,
  { logger, clock }: EmbeddedDatabaseDeps,
): Promise<EmbeddedDatabase> {
  await makeFolder(folder);
  const files = join(folder, 'database');
  try {
    return await openFiles(files, logger);
  } catch (cause) {
    const aside = join(folder, `database-unreadable-${clock.now()}`);
    logger.error(
      {
        event: 'embedded-database-unreadable',
        folder: files,
        movedTo: aside,
        cause: String(cause),
      },
      'the embedded queue could not be opened; it is moved aside and rebuilt from the conversations',
    );
    await rename(files, aside).catch((error: unknown) => {
      if (!hasCode(error, 'ENOENT')) throw error;
    });
    return openFiles(files, logger);
  }
}

/** The same database without files, gone when it closes. */
export function openMemoryDatabase(logger: Logger): Promise<EmbeddedDatabase> {
  return openFiles('memory://', logger);
}

async function openFiles(dataDir: string, logger: Logger): Promise<EmbeddedDatabase> {
  const database = await PGlite.create({
    dataDir,
    startParams: [...PGlite.defaultStartParams, ...START_PARAMETERS],
  });
  try {
    const pool = new PGlitePool(database);
    const client = await pool.connect();
    await runMigrations(client);
    client.release();
    await createTables(pool);
    await pool.query(RELEASE_JOBS);
    await pool.query('SET search_path TO bullmq, public');
    const stopVacuum = vacuumEvery(pool, logger);
    return {
      pool,
      async close() {
        stopVacuum();
        if (!database.closed) await database.close();
      },
    };
  } catch (error) {
    await database.close();
    throw error;
  }
}
