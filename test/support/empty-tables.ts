import pg from 'pg';

/** Leaves the schema and removes every row of the queue and of ours. */
export const EMPTY_TABLES = `
DO $$
DECLARE tables text;
BEGIN
  SELECT string_agg(format('%I.%I', schemaname, tablename), ', ') INTO tables
    FROM pg_tables WHERE schemaname IN ('bullmq', 'easel') AND tablename <> 'migration';
  EXECUTE 'TRUNCATE ' || tables;
END $$`;

export async function emptyTables(options: pg.ClientConfig): Promise<void> {
  const client = new pg.Client(options);
  await client.connect();
  await client.query(EMPTY_TABLES);
  await client.end();
}
