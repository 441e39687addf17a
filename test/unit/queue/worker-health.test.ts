import { EventEmitter } from 'node:events';
import { beforeEach, describe, expect, it } from 'vitest';
import { type WatchedWorker, watchWorkerHealth } from '../../../queue/jobs/worker-health.ts';
import { createMemoryLogger } from '../../support/fakes/logger.ts';

/** A worker whose queries all fail, and the time it lives in. */
function createFailingWorker() {
  const events = new EventEmitter();
  const logger = createMemoryLogger();
  const scheduled: { readonly then: () => void; readonly atMs: number }[] = [];
  let nowMs = 0;
  const worker: WatchedWorker & { isPaused: boolean; closing: Promise<void> | undefined } = {
    name: 'render-test',
    closing: undefined,
    isPaused: false,
    on: (event: 'error', listener: (error: Error) => void) => events.on(event, listener),
    pause: async () => {
      worker.isPaused = true;
    },
    resume: async () => {
      worker.isPaused = false;
    },
  };
  watchWorkerHealth(worker, {
    logger,
    now: () => nowMs,
    schedule: (then, delayMs) => scheduled.push({ then, atMs: nowMs + delayMs }),
  });
  return {
    worker,
    logger,
    fail(times: number): void {
      for (let time = 0; time < times; time += 1) events.emit('error', new Error('syntax error'));
    },
    /** Jump to the next scheduled moment. @returns how long that was. */
    async elapse(): Promise<number> {
      // The pause itself is asynchronous.
      await Promise.resolve();
      const next = scheduled.shift();
      if (next === undefined) throw new Error('nothing is scheduled');
      const waitedMs = next.atMs - nowMs;
      nowMs = next.atMs;
      next.then();
      return waitedMs;
    },
    pass(ms: number): void {
      nowMs += ms;
    },
  };
}

describe('the health of a worker', () => {
  let failing: ReturnType<typeof createFailingWorker>;
  beforeEach(() => {
    failing = createFailingWorker();
  });

  it('lets a worker with a few errors work on', () => {
    failing.fail(10);
    expect(failing.worker.isPaused).toBe(false);
  });

  it('does not count errors that are far apart', () => {
    for (let second = 0; second < 30; second += 1) {
      failing.fail(5);
      failing.pass(1100);
    }
    expect(failing.worker.isPaused).toBe(false);
  });

  it('pauses a worker whose every query fails, and lets it try again', async () => {
    failing.fail(40_000);
    expect(failing.worker.isPaused).toBe(true);
    expect(await failing.elapse()).toBe(1000);
    expect(failing.worker.isPaused).toBe(false);
  });

  it('pauses twice as long each time, up to a minute', async () => {
    const pauses: number[] = [];
    for (let time = 0; time < 9; time += 1) {
      failing.fail(20);
      pauses.push(await failing.elapse());
    }
    expect(pauses).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000]);
  });

  it('begins with a short pause after a calm time', async () => {
    failing.fail(20);
    await failing.elapse();
    failing.fail(20);
    await failing.elapse();
    failing.pass(10_000);
    failing.fail(20);
    expect(await failing.elapse()).toBe(1000);
  });

  it('logs a flood once in ten seconds, with the number of errors left out', () => {
    failing.fail(1000);
    failing.pass(10_000);
    failing.fail(1);
    const errors = failing.logger.lines.filter(({ level }) => level === 'error');
    expect(errors.map(({ fields }) => fields['suppressed'])).toEqual([0, 999]);
  });

  it('does not wake a worker that closed meanwhile', async () => {
    failing.fail(20);
    failing.worker.closing = Promise.resolve();
    await failing.elapse();
    expect(failing.worker.isPaused).toBe(true);
  });
});
