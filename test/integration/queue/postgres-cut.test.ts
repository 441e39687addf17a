import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { newConversationId, newTurnId, renderJobId } from '../../../core/ids.ts';
import { Secret } from '../../../core/secret.ts';
import { type Backend, openBackend } from '../../../queue/open-backend.ts';
import { createManualClock } from '../../support/fakes/clock.ts';
import { createMemoryLogger } from '../../support/fakes/logger.ts';
import { testTiming } from '../../support/homes.ts';
import { whereFound } from '../../support/servers/find-program.ts';
import { type PostgresServer, postgresProgram, startPostgres } from '../../support/servers/postgres.ts';

const WAIT = { timeout: 20_000, interval: 50 };

describe('after PostgreSQL cut every connection', { timeout: 60_000, ...whereFound(postgresProgram) }, () => {
  const logger = createMemoryLogger();
  const heard: string[] = [];
  const runs: string[] = [];
  let server: PostgresServer;
  let backend: Backend;
  beforeAll(async () => {
    server = await startPostgres();
    const config = { home: '/nowhere', redisUrl: undefined, databaseUrl: new Secret(server.url), blobUrl: undefined };
    backend = await openBackend(config, { logger, clock: createManualClock() }, { timing: testTiming });
    await backend.ephemeral.subscribe('topic', (message) => heard.push(message));
    await backend.jobs.work('render-test', async (run) => void runs.push(run.id));
    const client = new pg.Client({ connectionString: server.url });
    await client.connect();
    const cut = await client.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND pid <> pg_backend_pid()`,
    );
    expect(cut.rows.length).toBeGreaterThan(2);
    await client.end();
  });
  afterAll(async () => {
    await backend.close();
    await server.stop();
  });

  it('hears events again', async () => {
    await vi.waitFor(async () => {
      await backend.ephemeral.publish('topic', 'again');
      expect(heard).toContain('again');
    }, WAIT);
  });

  it('takes and runs jobs again', async () => {
    const turnId = newTurnId();
    const id = renderJobId(turnId, 1);
    const add = () => backend.jobs.add('render-test', id, { conversationId: newConversationId(), turnId, n: 1 });
    await vi.waitFor(add, WAIT);
    await vi.waitFor(() => expect(runs).toEqual([id]), WAIT);
  });

  it('said so in the log, and not in a flood', async () => {
    const said = logger.lines.filter(({ level }) => level === 'error' || level === 'warn');
    expect(said.length).toBeGreaterThan(0);
    expect(said.length).toBeLessThan(30);
  });
});
