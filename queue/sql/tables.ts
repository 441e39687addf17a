import type { PgPool } from 'bullmq';

/** Everything of ours in a SQL database; the queue's own tables are BullMQ's. Written so that it may run at every start. */
const STATEMENTS = `
CREATE SCHEMA IF NOT EXISTS easel;
CREATE TABLE IF NOT EXISTS easel.conversation (
  id text PRIMARY KEY,
  revision integer NOT NULL,
  unfinished boolean NOT NULL,
  -- JSON as text: jsonb refuses the character U+0000, which people can send.
  document text NOT NULL
);
CREATE INDEX IF NOT EXISTS conversation_unfinished ON easel.conversation (id) WHERE unfinished;
CREATE TABLE IF NOT EXISTS easel.alias (
  alias_hash text PRIMARY KEY,
  conversation_id text NOT NULL
);
CREATE TABLE IF NOT EXISTS easel.inbox (
  platform text NOT NULL,
  key text NOT NULL,
  body text NOT NULL,
  kept_at bigint NOT NULL,
  PRIMARY KEY (platform, key)
);
CREATE TABLE IF NOT EXISTS easel.api_key (
  id text PRIMARY KEY,
  key text NOT NULL
);
CREATE TABLE IF NOT EXISTS easel.ephemeral (
  key text PRIMARY KEY,
  count bigint NOT NULL,
  expires_at timestamptz NOT NULL
);
CREATE INDEX IF NOT EXISTS ephemeral_expiry ON easel.ephemeral (expires_at);
CREATE TABLE IF NOT EXISTS easel.fair_queue (
  queue text PRIMARY KEY,
  started integer NOT NULL
);
CREATE TABLE IF NOT EXISTS easel.fair_owner (
  queue text NOT NULL,
  owner text NOT NULL,
  tag integer NOT NULL,
  PRIMARY KEY (queue, owner)
);
`;

/** Processes may start at once, and CREATE IF NOT EXISTS races with itself: one at a time. */
const TABLES_LOCK = 0x6561_7365;

export async function createTables(pool: PgPool): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    await client.query('SELECT pg_advisory_xact_lock($1)', [TABLES_LOCK]);
    await client.query(STATEMENTS);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  } finally {
    client.release();
  }
}
