import { randomUUID } from 'node:crypto';
import { Secret } from '../../core/secret.ts';
import { createSqlDocuments } from '../../queue/documents/sql-documents.ts';
import { openMemoryDatabase } from '../../queue/embedded/open-database.ts';
import { createListeners, createLocalPubSub } from '../../queue/ephemeral/pub-sub.ts';
import { createSqlEphemeral } from '../../queue/ephemeral/sql-ephemeral.ts';
import type { Home } from '../../queue/homes/home.ts';
import { createSqlInbox } from '../../queue/inbox/sql-inbox.ts';
import { createSqlBull } from '../../queue/jobs/bull.ts';
import { createBullJobs, DEFAULT_TIMING, type JobTiming } from '../../queue/jobs/bull-jobs.ts';
import { createSqlFairOrder } from '../../queue/jobs/fair-order.ts';
import { type BackendConfig, openBackend } from '../../queue/open-backend.ts';
import { EMPTY_TABLES, emptyTables } from './empty-tables.ts';
import { createManualClock } from './fakes/clock.ts';
import { createMemoryLogger } from './fakes/logger.ts';
import type { Found } from './servers/find-program.ts';
import { postgresProgram, startPostgres } from './servers/postgres.ts';
import { redisProgram, startRedis } from './servers/redis.ts';

/** One of the homes of queue and storage, to run the same tests on. */
export interface TestHome {
  readonly name: string;
  readonly found: Found;
  start(): Promise<StartedHome>;
}

export interface StartedHome {
  /** Two processes' views of one empty store; the embedded home has one process, so both are the same. */
  openTwo(): Promise<{ readonly one: Home; readonly other: Home; close(): Promise<void> }>;
  stop(): Promise<void>;
}

/** Short enough that a test need not wait for retries and killed workers. */
export const testTiming: JobTiming = {
  ...DEFAULT_TIMING,
  lockDurationMs: 2000,
  stalledIntervalMs: 500,
  backoffMs: 5,
};

const redisHome: TestHome = {
  name: 'Redis',
  found: redisProgram,
  async start() {
    const server = await startRedis();
    return {
      openTwo() {
        const redisPrefix = `test-${randomUUID()}`;
        return twoOf(() => open({ redisUrl: new Secret(server.url) }, redisPrefix));
      },
      stop: server.stop,
    };
  },
};

const postgresHome: TestHome = {
  name: 'PostgreSQL',
  found: postgresProgram,
  async start() {
    const server = await startPostgres();
    const openOne = () => open({ databaseUrl: new Secret(server.url) });
    await (await openOne()).close();
    return {
      async openTwo() {
        await emptyTables({ connectionString: server.url });
        return twoOf(openOne);
      },
      stop: server.stop,
    };
  },
};

/** The embedded home's database without its files, which take seconds to make. */
const embeddedHome: TestHome = {
  name: 'the embedded database',
  found: { program: 'in this process' },
  async start() {
    const logger = createMemoryLogger();
    const { pool, close: stop } = await openMemoryDatabase(logger);
    return {
      async openTwo() {
        await pool.query(EMPTY_TABLES);
        const pubSub = createLocalPubSub(createListeners(() => undefined));
        const ephemeral = createSqlEphemeral(pool, pubSub, logger);
        const deps = { bull: createSqlBull(pool), fairOrder: createSqlFairOrder(pool), ephemeral, logger };
        const jobs = createBullJobs(deps, testTiming);
        const home = {
          documents: createSqlDocuments(pool),
          inbox: createSqlInbox(pool),
          ephemeral,
          jobs,
          close: jobs.close,
        };
        return { one: home, other: home, close: home.close };
      },
      stop,
    };
  },
};

export const testHomes = { embedded: embeddedHome, redis: redisHome, postgres: postgresHome };

async function twoOf(openOne: () => Promise<Home>) {
  const [one, other] = [await openOne(), await openOne()];
  return { one, other, close: async () => void (await Promise.all([one.close(), other.close()])) };
}

function open(url: Partial<BackendConfig>, redisPrefix?: string): Promise<Home> {
  const config = { home: '/nowhere', redisUrl: undefined, databaseUrl: undefined, blobUrl: undefined, ...url };
  const deps = { logger: createMemoryLogger(), clock: createManualClock() };
  return openBackend(config, deps, { timing: testTiming, ...(redisPrefix === undefined ? {} : { redisPrefix }) });
}
