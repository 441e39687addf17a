import { EventEmitter } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { PgPool, PgPoolClient, PgQueryResult } from 'bullmq';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { interpretJobId, newConversationId, newTurnId } from '../../../core/ids.ts';
import { createSqlBull } from '../../../queue/jobs/bull.ts';
import { createBullJobs } from '../../../queue/jobs/bull-jobs.ts';
import { createSqlFairOrder } from '../../../queue/jobs/fair-order.ts';
import { createManualClock } from '../../support/fakes/clock.ts';
import { createMemoryEphemeral } from '../../support/fakes/ephemeral.ts';
import { createMemoryLogger } from '../../support/fakes/logger.ts';
import { testTiming } from '../../support/homes.ts';

/** A database that answers who it is and then fails every query, as after a broken migration. */
class FailingPool extends EventEmitter implements PgPool, PgPoolClient {
  readonly options = { keepAlive: true };
  queries = 0;

  // biome-ignore lint/suspicious/noExplicitAny: BullMQ's interface has this default.
  async query<R = any>(text: string): Promise<PgQueryResult<R>> {
    await nextTurn();
    if (text.includes('.migration')) {
      const row = { version: 99, min_client_version: 6, server_version_num: '170000', server_version: '17' };
      return { rows: [row as R] };
    }
    if (text.includes('set_config')) return { rows: [] };
    this.queries += 1;
    throw Object.assign(new Error('function move_to_active does not exist'), { code: '42883' });
  }

  connect(): Promise<PgPoolClient> {
    return Promise.resolve(this);
  }

  release(): void {}
  async end(): Promise<void> {}
}

describe('a worker whose every query fails', () => {
  const pool = new FailingPool();
  const logger = createMemoryLogger();
  const jobs = createBullJobs(
    {
      bull: createSqlBull(pool),
      fairOrder: createSqlFairOrder(pool),
      ephemeral: createMemoryEphemeral(createManualClock()),
      logger,
    },
    testTiming,
  );
  afterAll(() => jobs.close());

  it('pauses after a few and asks again later, instead of taking the processor for itself', async () => {
    await jobs.work('interpret', () => Promise.resolve());
    const pauses = () => logger.lines.filter(({ fields }) => fields['event'] === 'worker-paused').length;
    await vi.waitFor(() => expect(pauses()).toBe(1), { timeout: 5000, interval: 5 });
    for (let turn = 0; turn < 200; turn += 1) await nextTurn();
    expect(pool.queries).toBeLessThan(60);
    await vi.waitFor(() => expect(pauses()).toBe(2), { timeout: 5000, interval: 50 });
    expect(pool.queries).toBeLessThan(120);
    expect(logger.lines.filter(({ fields }) => fields['event'] === 'worker-error')).toHaveLength(1);
  });

  it('refuses to add a job', async () => {
    const turnId = newTurnId();
    const input = { conversationId: newConversationId(), turnId };
    await expect(jobs.add('interpret', interpretJobId(turnId), input)).rejects.toMatchObject({
      code: 'QUEUE_UNAVAILABLE',
    });
  });
});
