import type { Logger } from '../../core/ports.ts';
import type { PGlitePool } from './pglite-pool.ts';

/** About a thousand jobs: each is some ten statements. */
const STATEMENTS_BETWEEN = 10_000;
/** What grows with every job. */
const TABLES = ['bullmq.job', 'bullmq.event', 'bullmq.meta', 'bullmq.dedup', 'easel.ephemeral', 'easel.fair_owner'];

/** The embedded database has no autovacuum: without this its files grow with every job that ever ran. */
export function vacuumEvery(pool: PGlitePool, logger: Logger, statementsBetween = STATEMENTS_BETWEEN): () => void {
  let statements = 0;
  const count = () => {
    statements += 1;
    if (statements % statementsBetween === 0) void vacuum(pool, logger);
  };
  pool.on('statement', count);
  return () => pool.off('statement', count);
}

async function vacuum(pool: PGlitePool, logger: Logger): Promise<void> {
  try {
    // One statement each: VACUUM refuses to run among others.
    for (const table of TABLES) await pool.query(`VACUUM ${table}`);
  } catch (error) {
    logger.warn({ event: 'vacuum-failed', cause: String(error) }, 'the embedded queue could not be vacuumed');
  }
}
