import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type EmbeddedDatabase, openMemoryDatabase } from '../../../queue/embedded/open-database.ts';
import { vacuumEvery } from '../../../queue/embedded/vacuum.ts';
import { createListeners, createLocalPubSub } from '../../../queue/ephemeral/pub-sub.ts';
import { createSqlEphemeral } from '../../../queue/ephemeral/sql-ephemeral.ts';
import { EMPTY_TABLES } from '../../support/empty-tables.ts';
import { createMemoryLogger } from '../../support/fakes/logger.ts';

const WAIT = { timeout: 10_000, interval: 20 };

describe('the embedded database', { timeout: 60_000 }, () => {
  const logger = createMemoryLogger();
  let database: EmbeddedDatabase;
  beforeAll(async () => {
    database = await openMemoryDatabase(logger);
  }, 180_000);
  beforeEach(() => database.pool.query(EMPTY_TABLES));
  afterAll(() => database.close());

  async function ephemeralRows(): Promise<number> {
    const { rows } = await database.pool.query('SELECT count(*)::int AS rows FROM easel.ephemeral', []);
    return rows[0]?.rows;
  }

  async function insert(rows: number): Promise<void> {
    await database.pool.query(
      `INSERT INTO easel.ephemeral SELECT 'key-' || n, 1, now() FROM generate_series(1, $1::int) AS n`,
      [rows],
    );
  }

  it('keeps everybody else waiting while a client is in a transaction', async () => {
    const { pool } = database;
    const client = await pool.connect();
    await client.query('BEGIN');
    const seen = ephemeralRows();
    await client.query(`INSERT INTO easel.ephemeral VALUES ('a', 1, now())`);
    await client.query('ROLLBACK');
    client.release();
    expect(await seen).toBe(0);
  });

  it('goes on when a client is given back in the middle of a transaction', async () => {
    const client = await database.pool.connect();
    await client.query('BEGIN');
    await client.query(`INSERT INTO easel.ephemeral VALUES ('a', 1, now())`);
    const seen = ephemeralRows();
    client.release();
    expect(await seen).toBe(0);
  });

  it('does not starve timers when somebody asks without a pause', async () => {
    let isOver = false;
    setTimeout(() => {
      isOver = true;
    }, 1);
    let queries = 0;
    for (; !isOver && queries < 10_000; queries += 1) await database.pool.query('SELECT 1');
    expect(queries).toBeLessThan(10_000);
  });

  it('gives the space of rows that are gone back', async () => {
    await insert(5000);
    await database.pool.query('DELETE FROM easel.ephemeral');
    const stop = vacuumEvery(database.pool, logger, 10);
    const size = async () => {
      const { rows } = await database.pool.query(`SELECT pg_relation_size('easel.ephemeral')::int AS bytes`, []);
      return rows[0]?.bytes;
    };
    expect(await size()).toBeGreaterThan(100_000);
    await vi.waitFor(async () => expect(await size()).toBe(0), WAIT);
    stop();
    expect(logger.lines).toEqual([]);
  });

  it('deletes expired keys every thousand writes', async () => {
    const pubSub = createLocalPubSub(createListeners(() => undefined));
    const ephemeral = createSqlEphemeral(database.pool, pubSub, logger);
    await insert(50);
    for (let write = 0; write < 1000; write += 1) await ephemeral.once('same', 60_000);
    await vi.waitFor(async () => expect(await ephemeralRows()).toBe(1), WAIT);
  });
});
