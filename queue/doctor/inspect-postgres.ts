import pg from 'pg';
import { z } from 'zod';
import type { StoreFinding } from './store-finding.ts';

const CONNECT_TIMEOUT_MS = 5000;
/** As `server_version_num` counts: 13.0. */
const OLDEST = 130_000;

const settingsSchema = z.tuple([
  z.object({
    version: z.string(),
    number: z.coerce.number(),
    fsync: z.string(),
    commit: z.string(),
    replica: z.boolean(),
  }),
]);
const SETTINGS = `
  select current_setting('server_version') as version, current_setting('server_version_num') as number,
    current_setting('fsync') as fsync, current_setting('synchronous_commit') as commit, pg_is_in_recovery() as replica`;

/** Ask a PostgreSQL whether conversations are safe in it. @throws the client's error when the server does not answer or refuses. */
export async function inspectPostgres(connectionString: string): Promise<readonly StoreFinding[]> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  try {
    await client.connect();
    const [{ version, number, fsync, commit, replica }] = settingsSchema.parse((await client.query(SETTINGS)).rows);
    const answers: StoreFinding =
      number < OLDEST
        ? { status: 'problem', message: `PostgreSQL ${version} is too old`, fix: 'Update it to 13 or newer.' }
        : { status: 'ok', message: `PostgreSQL ${version} answers` };
    return [answers, ...(replica ? [STANDBY] : []), aboutDisk(fsync, commit)];
  } finally {
    await client.end();
  }
}

const STANDBY: StoreFinding = {
  status: 'problem',
  message: 'This PostgreSQL is a standby and takes no changes',
  fix: 'Let DATABASE_URL name the primary.',
};

function aboutDisk(fsync: string, commit: string): StoreFinding {
  if (fsync === 'on' && commit !== 'off') return { status: 'ok', message: 'PostgreSQL writes every change to disk' };
  const [setting, cost] = fsync === 'on' ? ['synchronous_commit', 'the last changes'] : ['fsync', 'every conversation'];
  const message = `PostgreSQL does not wait for the disk (${setting} off): a power failure may cost ${cost}`;
  return { status: 'warning', message, fix: `Set \`${setting} = on\` in postgresql.conf.` };
}
