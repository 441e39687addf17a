import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { newConversationId, newTurnId, renderJobId } from '../../../core/ids.ts';
import { Secret } from '../../../core/secret.ts';
import { type Backend, openBackend } from '../../../queue/open-backend.ts';
import { createManualClock } from '../../support/fakes/clock.ts';
import { createMemoryLogger } from '../../support/fakes/logger.ts';
import { testTiming } from '../../support/homes.ts';
import { whereFound } from '../../support/servers/find-program.ts';
import { type RedisServer, redisProgram, startRedis } from '../../support/servers/redis.ts';
import { freePort } from '../../support/servers/spawn-server.ts';

const WAIT = { timeout: 20_000, interval: 50 };

describe('while Redis is away', { timeout: 60_000, ...whereFound(redisProgram) }, () => {
  const logger = createMemoryLogger();
  let port: number;
  let server: RedisServer;
  beforeEach(async () => {
    port = await freePort();
    server = await startRedis(port);
  });
  afterEach(() => server.stop());

  function open(): Promise<Backend> {
    const redisUrl = new Secret(`redis://127.0.0.1:${port}`);
    const config = { home: '/nowhere', redisUrl, databaseUrl: undefined, blobUrl: undefined };
    return openBackend(config, { logger, clock: createManualClock() }, { timing: testTiming });
  }

  it('says so at once when a backend is opened', async () => {
    await server.stop();
    await expect(open()).rejects.toMatchObject({ code: 'QUEUE_UNAVAILABLE', details: { server: 'redis' } });
  });

  it('refuses jobs and documents soon, and works on when Redis is back', async () => {
    const backend = await open();
    const turnId = newTurnId();
    const id = renderJobId(turnId, 1);
    const input = { conversationId: newConversationId(), turnId, n: 1 };
    const runs: string[] = [];
    await backend.jobs.work('render-test', async (run) => void runs.push(run.id));
    await server.stop();
    const askedAt = performance.now();
    await expect(backend.jobs.add('render-test', id, input)).rejects.toMatchObject({ code: 'QUEUE_UNAVAILABLE' });
    await expect(backend.documents.get(input.conversationId)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(performance.now() - askedAt).toBeLessThan(testTiming.deadlineMs + 5000);

    server = await startRedis(port);
    await vi.waitFor(() => backend.jobs.add('render-test', id, input), WAIT);
    await vi.waitFor(() => expect(runs).toEqual([id]), WAIT);
    await backend.close();
    const lost = logger.lines.filter(({ level }) => level === 'error');
    expect(lost.length).toBeGreaterThan(0);
    expect(lost.length).toBeLessThan(20);
  });
});
