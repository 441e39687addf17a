import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { newConversationId, newTurnId, renderJobId } from '../../../core/ids.ts';
import { Secret } from '../../../core/secret.ts';
import { type Backend, openBackend } from '../../../queue/open-backend.ts';
import { startChild, type TestChild } from '../../support/child-process.ts';
import { createManualClock } from '../../support/fakes/clock.ts';
import { createMemoryLogger } from '../../support/fakes/logger.ts';
import { testTiming } from '../../support/homes.ts';
import { whereFound } from '../../support/servers/find-program.ts';
import { postgresProgram, startPostgres } from '../../support/servers/postgres.ts';
import { redisProgram, startRedis } from '../../support/servers/redis.ts';

const saidSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('working'), id: z.string() }),
  z.object({ kind: z.literal('aborted'), reason: z.string() }),
]);
type Said = z.infer<typeof saidSchema>;

const servers = [
  { name: 'Redis', found: redisProgram, start: startRedis },
  { name: 'PostgreSQL', found: postgresProgram, start: startPostgres },
];

for (const { name, found, start } of servers) {
  describe(`a worker process on ${name}`, { timeout: 60_000, ...whereFound(found) }, () => {
    const redisPrefix = `test-${randomUUID()}`;
    let server: { readonly url: string; stop(): Promise<void> };
    let child: TestChild<Said> | undefined;
    let backend: Backend;
    beforeAll(async () => {
      server = await start();
      const url = new Secret(server.url);
      const urls =
        name === 'Redis' ? { redisUrl: url, databaseUrl: undefined } : { redisUrl: undefined, databaseUrl: url };
      backend = await openBackend(
        { home: '/nowhere', blobUrl: undefined, ...urls },
        { logger: createMemoryLogger(), clock: createManualClock() },
        { timing: testTiming, redisPrefix },
      );
    }, 60_000);
    afterEach(() => child?.kill('SIGKILL'));
    afterAll(async () => {
      await backend.close();
      await server.stop();
    });

    async function addToChild() {
      const script = new URL('../../support/children/worker-child.ts', import.meta.url);
      child = startChild(script, [server.url, redisPrefix], (message) => saidSchema.parse(message));
      const turnId = newTurnId();
      const job = { id: renderJobId(turnId, 1), input: { conversationId: newConversationId(), turnId, n: 1 } };
      await backend.jobs.add('render-test', job.id, job.input);
      await child.says((said): said is Said => said.kind === 'working' && said.id === job.id);
      return { job, child };
    }

    it('hears that its job was cancelled elsewhere', async () => {
      const { job, child: worker } = await addToChild();
      expect(await backend.jobs.cancel('render-test', job.id)).toBe('signalled');
      expect(await worker.says((said) => said.kind === 'aborted')).toEqual({ kind: 'aborted', reason: 'cancelled' });
    });

    it('that is killed leaves its job to another one, which begins it once', async () => {
      const { job, child: worker } = await addToChild();
      await worker.kill('SIGKILL');
      const attempts: number[] = [];
      const stop = await backend.jobs.work('render-test', async (run) => {
        if (run.id === job.id) attempts.push(run.attempt);
      });
      await vi.waitFor(
        async () => expect(await backend.jobs.state('render-test', job.id)).toEqual({ kind: 'absent' }),
        { timeout: 20_000, interval: 50 },
      );
      await stop();
      expect(attempts).toEqual([2]);
    });

    it('that is killed with a cancelled job leaves nothing to begin', async () => {
      const { job, child: worker } = await addToChild();
      await worker.kill('SIGKILL');
      expect(await backend.jobs.cancel('render-test', job.id)).toBe('signalled');
      let begun = 0;
      const stop = await backend.jobs.work('render-test', async (run) => {
        if (run.id === job.id) begun += 1;
      });
      await vi.waitFor(
        async () => expect(await backend.jobs.state('render-test', job.id)).toEqual({ kind: 'absent' }),
        { timeout: 20_000, interval: 50 },
      );
      await stop();
      expect(begun).toBe(0);
    });
  });
}
