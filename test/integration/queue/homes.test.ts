import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { AppError } from '../../../core/errors.ts';
import { deliverJobId, newConversationId, newTurnId, renderJobId } from '../../../core/ids.ts';
import type { JobHandler, JobRun, QueueName, Stop } from '../../../core/ports.ts';
import type { Home } from '../../../queue/homes/home.ts';
import { type StartedHome, testHomes } from '../../support/homes.ts';
import { whereFound } from '../../support/servers/find-program.ts';

const RENDER: QueueName = 'render-test';
const DELIVER: QueueName = 'deliver-test';
const WAIT = { timeout: 15_000, interval: 10 };

for (const home of Object.values(testHomes)) {
  describe(`on ${home.name}`, { timeout: 30_000, ...whereFound(home.found) }, () => {
    let started: StartedHome;
    let one: Home;
    let other: Home;
    let close: Stop;
    beforeAll(async () => {
      started = await home.start();
    }, 180_000);
    afterAll(() => started.stop());
    beforeEach(async () => {
      ({ one, other, close } = await started.openTwo());
    });
    afterEach(() => close());

    it('starts a job soon after it was added to an idle worker', async () => {
      let startedAt = 0;
      const drained = aJob();
      await one.jobs.work(RENDER, async (run) => {
        if (run.id !== drained.id) startedAt = performance.now();
      });
      await other.jobs.add(RENDER, drained.id, drained.input);
      await vi.waitFor(async () => expect((await one.jobs.state(RENDER, drained.id)).kind).toBe('absent'), WAIT);
      const job = aJob();
      const addedAt = performance.now();
      await other.jobs.add(RENDER, job.id, job.input);
      await vi.waitFor(() => expect(startedAt).toBeGreaterThan(0), WAIT);
      // A worker that only polls would take up to five seconds.
      expect(startedAt - addedAt).toBeLessThan(2000);
    });

    it('lets people take turns, however many jobs one of them has waiting', async () => {
      const owners = ['a', 'a', 'a', 'a', 'b', 'b', 'c'];
      expect(await orderOf(owners)).toEqual(['a', 'b', 'c', 'a', 'b', 'a', 'a']);
    });

    it('does not let somebody who always sends one more starve who has many waiting', async () => {
      const names = new Map<string, string>();
      const order: string[] = [];
      const add = async (owner: string) => {
        const job = aJob();
        names.set(job.id, owner);
        await other.jobs.add(RENDER, job.id, job.input, { owner });
      };
      for (const owner of ['a', 'a', 'a', 'a', 'b']) await add(owner);
      await one.jobs.work(RENDER, async (run) => {
        const owner = names.get(run.id) ?? '';
        order.push(owner);
        if (owner === 'b' && order.length < 8) await add('b');
      });
      await vi.waitFor(() => expect(order.filter((owner) => owner === 'a')).toHaveLength(4), WAIT);
      expect(order.slice(0, 7).join('')).toMatch(/^(ab){3}a$/);
    });

    it('keeps the place of a waiting job that the sweep adds again', async () => {
      const waiting = aJob();
      await one.jobs.add(RENDER, waiting.id, waiting.input, { owner: 'a' });
      for (let sweep = 0; sweep < 5; sweep += 1) await one.jobs.add(RENDER, waiting.id, waiting.input, { owner: 'a' });
      const [second, theirs] = [aJob(), aJob()];
      await one.jobs.add(RENDER, theirs.id, theirs.input, { owner: 'b' });
      await one.jobs.add(RENDER, second.id, second.input, { owner: 'a' });
      expect(await other.jobs.state(RENDER, second.id)).toEqual({ kind: 'waiting', position: 2 });
      const third = aJob();
      await one.jobs.add(RENDER, third.id, third.input, { owner: 'b' });
      expect(await other.jobs.state(RENDER, third.id)).toEqual({ kind: 'waiting', position: 3 });
    });

    it('waits as long as a platform asks, without using up an attempt', async () => {
      const job = { ...aJob(), id: deliverJobId(newTurnId(), 1) };
      const runs: { readonly at: number; readonly isLastAttempt: boolean }[] = [];
      await one.jobs.work(DELIVER, async ({ isLastAttempt }) => {
        runs.push({ at: performance.now(), isLastAttempt });
        if (runs.length <= 12) throw new AppError('PLATFORM_RATE_LIMITED', { retryAfterMs: 60 });
      });
      await other.jobs.add(DELIVER, job.id, job.input);
      await vi.waitFor(() => expect(runs).toHaveLength(13), WAIT);
      expect(runs.some(({ isLastAttempt }) => isLastAttempt)).toBe(false);
      const gaps = runs.slice(1).map(({ at }, index) => at - (runs[index]?.at ?? 0));
      for (const gap of gaps) expect(gap).toBeGreaterThan(50);
    });

    it('runs a job once more after its inference process died, and not twice', async () => {
      const job = aJob();
      await one.jobs.add(RENDER, job.id, job.input);
      const runs = await failingWith(() => new AppError('INFERENCE_CHILD_DIED', {}));
      await vi.waitFor(async () => expect((await one.jobs.state(RENDER, job.id)).kind).toBe('absent'), WAIT);
      expect(runs.map(({ attempt }) => attempt)).toEqual([1, 2]);
    });

    it('retries what nobody foresaw until the last attempt', async () => {
      const job = aJob();
      await one.jobs.add(RENDER, job.id, job.input);
      const runs = await failingWith(() => new TypeError('x is not a function'));
      await vi.waitFor(async () => expect((await one.jobs.state(RENDER, job.id)).kind).toBe('absent'), WAIT);
      expect(runs.map(({ isLastAttempt }) => isLastAttempt)).toEqual([false, false, true]);
    });

    it('carries messages longer than PostgreSQL lets one notification be', async () => {
      const message = JSON.stringify({ preview: 'ü鍵🎨'.repeat(10_000), mark: 'end' });
      const heard: string[] = [];
      await one.ephemeral.subscribe('long', (each) => heard.push(each));
      await Promise.all([other.ephemeral.publish('long', message), other.ephemeral.publish('long', 'short')]);
      await vi.waitFor(() => expect(heard).toHaveLength(2), WAIT);
      expect(heard.toSorted((a, b) => a.length - b.length)).toEqual(['short', message]);
    });

    it('closes with a job in the middle and leaves it to the next process', async () => {
      const job = aJob();
      let begun = 0;
      await one.jobs.work(RENDER, async ({ signal }) => {
        begun += 1;
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
        throw new AppError('CANCELLED', {});
      });
      await one.jobs.add(RENDER, job.id, job.input);
      await vi.waitFor(() => expect(begun).toBe(1), WAIT);
      await one.close();
      // The embedded home's two views are one.
      if (other === one) return;
      expect(await other.jobs.state(RENDER, job.id)).toEqual({ kind: 'waiting', position: 0 });
    });

    async function orderOf(owners: readonly string[]): Promise<readonly string[]> {
      const names = new Map<string, string>();
      for (const owner of owners) {
        const job = aJob();
        names.set(job.id, owner);
        await one.jobs.add(RENDER, job.id, job.input, { owner });
      }
      const order: string[] = [];
      await other.jobs.work(RENDER, async (run) => void order.push(names.get(run.id) ?? ''));
      await vi.waitFor(() => expect(order).toHaveLength(owners.length), WAIT);
      return order;
    }

    /** Work with a handler that fails. @returns its runs, as they come. */
    async function failingWith(failure: () => Error): Promise<readonly JobRun[]> {
      const runs: JobRun[] = [];
      const handler: JobHandler = async (run) => {
        runs.push(run);
        throw failure();
      };
      await one.jobs.work(RENDER, handler);
      return runs;
    }
  });
}

function aJob() {
  const turnId = newTurnId();
  return { id: renderJobId(turnId, 1), input: { conversationId: newConversationId(), turnId, n: 1 } };
}
