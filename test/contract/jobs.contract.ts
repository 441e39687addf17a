import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AppError } from '../../core/errors.ts';
import { interpretJobId, newConversationId, newTurnId, renderJobId, type TurnId } from '../../core/ids.ts';
import type { JobHandler, JobRun, Jobs, QueueName, Stop } from '../../core/ports.ts';

export interface JobsHarness {
  readonly jobs: Jobs;
  /** The same queue as another process would open it; default: the same object. */
  readonly other?: Jobs;
  close(): Promise<void>;
}

const WAIT = { timeout: 15_000, interval: 10 };
const RENDER: QueueName = 'render-memory';

/** What every implementation of Jobs does. */
export function describeJobs(name: string, open: () => Promise<JobsHarness>): void {
  describe(`Jobs: ${name}`, { timeout: 30_000 }, () => {
    let harness: JobsHarness;
    let jobs: Jobs;
    let other: Jobs;
    const stops: Stop[] = [];
    beforeEach(async () => {
      harness = await open();
      jobs = harness.jobs;
      other = harness.other ?? harness.jobs;
    });
    afterEach(async () => {
      for (const stop of stops.splice(0)) await stop();
      await harness.close();
    });

    async function work(queue: QueueName, handler: JobHandler, concurrency?: number): Promise<Stop> {
      const stop = await jobs.work(queue, handler, concurrency === undefined ? {} : { concurrency });
      stops.push(stop);
      return stop;
    }

    const add = (job: ReturnType<typeof aJob>, by: Jobs = jobs) => by.add(RENDER, job.id, job.input, { owner: 'ana' });
    const absent = (job: ReturnType<typeof aJob>) =>
      vi.waitFor(async () => expect(await jobs.state(RENDER, job.id)).toEqual({ kind: 'absent' }), WAIT);

    it('runs a job once, with its id and input', async () => {
      const job = aJob();
      const runs: JobRun[] = [];
      await work(RENDER, (run) => Promise.resolve(void runs.push(run)));
      await add(job, other);
      await vi.waitFor(() => expect(runs).toHaveLength(1), WAIT);
      expect(runs[0]).toMatchObject({ id: job.id, input: job.input, attempt: 1, isLastAttempt: false });
      await absent(job);
      expect(runs).toHaveLength(1);
    });

    it('keeps one job for an id that is added again while it waits', async () => {
      const job = aJob();
      const ids: string[] = [];
      await Promise.all([add(job), add(job, other), add(job)]);
      await work(RENDER, (run) => Promise.resolve(void ids.push(run.id)));
      await absent(job);
      expect(ids).toEqual([job.id]);
    });

    it('does not start an active job a second time', async () => {
      const job = aJob();
      const gate = aGate();
      const next = aJob();
      const ids: string[] = [];
      await work(RENDER, async (run) => {
        ids.push(run.id);
        if (run.id === job.id) await gate.opened;
      });
      await add(job);
      await vi.waitFor(() => expect(ids).toEqual([job.id]), WAIT);
      await add(job, other);
      await add(next);
      gate.open();
      await absent(next);
      expect(ids).toEqual([job.id, next.id]);
    });

    it('runs an id again that is added after its job ended, well or badly', async () => {
      const job = aJob();
      let runs = 0;
      await work(RENDER, () => {
        runs += 1;
        return runs === 1 ? Promise.resolve() : Promise.reject(new AppError('NUMERIC_INVALID', {}));
      });
      for (const expected of [1, 2, 3]) {
        await add(job);
        await vi.waitFor(() => expect(runs).toBe(expected), WAIT);
        await absent(job);
      }
    });

    it('starts the jobs of one owner in the order they were added and says how many come before', async () => {
      const added = [aJob(), aJob(), aJob(), aJob()];
      for (const job of added) await add(job);
      const positions = await Promise.all(added.map((job) => other.state(RENDER, job.id)));
      expect(positions).toEqual([0, 1, 2, 3].map((position) => ({ kind: 'waiting', position })));
      const ids: string[] = [];
      await work(RENDER, (run) => Promise.resolve(void ids.push(run.id)));
      await vi.waitFor(() => expect(ids).toHaveLength(4), WAIT);
      expect(ids).toEqual(added.map((job) => job.id));
    });

    it('never starts a job that was cancelled while it waited', async () => {
      const [dropped, kept] = [aJob(), aJob()];
      await add(dropped);
      await add(kept);
      expect(await other.cancel(RENDER, dropped.id)).toBe('removed');
      expect(await jobs.state(RENDER, dropped.id)).toEqual({ kind: 'absent' });
      expect(await jobs.state(RENDER, kept.id)).toEqual({ kind: 'waiting', position: 0 });
      const ids: string[] = [];
      await work(RENDER, (run) => Promise.resolve(void ids.push(run.id)));
      await absent(kept);
      expect(ids).toEqual([kept.id]);
    });

    it('aborts an active job that is cancelled, and does not retry it', async () => {
      const job = aJob();
      const reasons: unknown[] = [];
      let runs = 0;
      await work(RENDER, async ({ signal }) => {
        runs += 1;
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
        reasons.push(signal.reason);
        throw new AppError('STORE_UNAVAILABLE', {});
      });
      await add(job);
      await vi.waitFor(async () => expect((await jobs.state(RENDER, job.id)).kind).toBe('active'), WAIT);
      await vi.waitFor(() => expect(runs).toBe(1), WAIT);
      expect(await other.cancel(RENDER, job.id)).toBe('signalled');
      await absent(job);
      expect(reasons).toEqual(['cancelled']);
      expect(runs).toBe(1);
    });

    it('says that an unknown job is absent when it is cancelled', async () => {
      expect(await jobs.cancel(RENDER, aJob().id)).toBe('absent');
    });

    it('runs an id again that is added after it was cancelled', async () => {
      const job = aJob();
      await add(job);
      await jobs.cancel(RENDER, job.id);
      await add(job);
      let runs = 0;
      await work(RENDER, ({ signal }) => {
        runs += signal.aborted ? 0 : 1;
        return Promise.resolve();
      });
      await absent(job);
      expect(runs).toBe(1);
    });

    it('shows the progress of an active job', async () => {
      const job = aJob();
      const gate = aGate();
      await work(RENDER, async (run) => {
        await run.progress({ step: 1, steps: 4 });
        await run.progress({ step: 3, steps: 4 });
        await gate.opened;
      });
      await add(job);
      await vi.waitFor(
        async () =>
          expect(await other.state(RENDER, job.id)).toEqual({ kind: 'active', progress: { step: 3, steps: 4 } }),
        WAIT,
      );
      gate.open();
      await absent(job);
    });

    it('retries what may pass, counts the attempts, and says which is the last', async () => {
      const job = aJob();
      const attempts: { readonly attempt: number; readonly isLastAttempt: boolean }[] = [];
      await work(RENDER, ({ attempt, isLastAttempt }) => {
        attempts.push({ attempt, isLastAttempt });
        return Promise.reject(new AppError('STORE_UNAVAILABLE', {}));
      });
      await add(job);
      await absent(job);
      expect(attempts.length).toBeGreaterThan(1);
      expect(attempts.map(({ attempt }) => attempt)).toEqual(attempts.map((_, index) => index + 1));
      expect(attempts.map(({ isLastAttempt }) => isLastAttempt)).toEqual(
        attempts.map((_, index) => index === attempts.length - 1),
      );
    });

    it('does not retry what cannot pass', async () => {
      const job = aJob();
      let runs = 0;
      await work(RENDER, () => {
        runs += 1;
        return Promise.reject(new AppError('MODEL_INVALID', { file: 'config.json', expected: 'JSON' }));
      });
      await add(job);
      await absent(job);
      expect(runs).toBe(1);
    });

    it('leaves the jobs of a stopping worker to the next one', async () => {
      const job = aJob();
      const started = aGate();
      const reasons: unknown[] = [];
      const stop = await work(RENDER, async ({ signal }) => {
        started.open();
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
        reasons.push(signal.reason);
        throw new AppError('CANCELLED', {});
      });
      await add(job);
      await started.opened;
      await stop();
      expect(reasons).toEqual(['shutdown']);
      const ids: string[] = [];
      await work(RENDER, (run) => Promise.resolve(void ids.push(run.id)));
      await vi.waitFor(() => expect(ids).toEqual([job.id]), WAIT);
    });

    it('starts nothing after a stop', async () => {
      let runs = 0;
      const stop = await work(RENDER, () => {
        runs += 1;
        return Promise.resolve();
      });
      await stop();
      await stop();
      const job = aJob();
      await add(job);
      expect(await jobs.state(RENDER, job.id)).toEqual({ kind: 'waiting', position: 0 });
      expect(runs).toBe(0);
    });

    it.each([1, 2])('runs %i at once and not more', async (concurrency) => {
      const added = [aJob(), aJob(), aJob(), aJob()];
      const gate = aGate();
      let active = 0;
      let most = 0;
      await work(
        RENDER,
        async () => {
          active += 1;
          most = Math.max(most, active);
          if (active === concurrency) gate.open();
          await gate.opened;
          active -= 1;
        },
        concurrency,
      );
      for (const job of added) await add(job);
      for (const job of added) await absent(job);
      expect(most).toBe(concurrency);
    });

    it('keeps queues apart', async () => {
      const turn = newTurnId();
      const seen: string[] = [];
      await jobs.add('interpret', interpretJobId(turn), { conversationId: newConversationId(), turnId: turn });
      const job = aJob();
      await add(job);
      await work(RENDER, (run) => Promise.resolve(void seen.push(run.id)));
      await absent(job);
      expect(seen).toEqual([job.id]);
      expect(await jobs.state('interpret', interpretJobId(turn))).toEqual({ kind: 'waiting', position: 0 });
    });
  });
}

function aJob(turnId: TurnId = newTurnId()) {
  return { id: renderJobId(turnId, 1), input: { conversationId: newConversationId(), turnId, n: 1 } };
}

function aGate() {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}
