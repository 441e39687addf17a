import { setTimeout as pause } from 'node:timers/promises';
import type { Stop } from '../../core/ports.ts';
import { median } from '../median.ts';

/** What is measured of a queue: jobs without content, told apart by a number. */
export interface MeasuredQueue {
  add(job: number): Promise<void>;
  /** @param started called with each job's number; the job is done when it returns. */
  work(started: (job: number) => void, concurrency: number): Promise<Stop>;
  close: Stop;
}

export interface QueueTimes {
  /** From `add` being called to the handler of an idle worker being called; median. */
  readonly pickupMs: number;
  /** Jobs that lie ready, worked off eight at a time, in a second. */
  readonly jobsPerSecond: number;
}

const CONCURRENCY = 8;
/** A worker that has just ended a job is not idle yet. */
const IDLE_AFTER_MS = 20;

export async function measureQueue(
  queue: MeasuredQueue,
  { pickups, jobs }: { readonly pickups: number; readonly jobs: number },
): Promise<QueueTimes> {
  return {
    pickupMs: await measurePickup(queue, pickups),
    jobsPerSecond: await measureThroughput(queue, pickups, jobs),
  };
}

async function measurePickup(queue: MeasuredQueue, pickups: number): Promise<number> {
  let heard: () => void = () => undefined;
  const stop = await queue.work(() => heard(), 1);
  const times: number[] = [];
  for (let job = 0; job < pickups; job++) {
    await pause(IDLE_AFTER_MS);
    const start = performance.now();
    const started = new Promise<void>((resolve) => {
      heard = resolve;
    });
    await queue.add(job);
    await started;
    times.push(performance.now() - start);
  }
  await stop();
  return Math.round(100 * median(times)) / 100;
}

async function measureThroughput(queue: MeasuredQueue, first: number, jobs: number): Promise<number> {
  for (let job = first; job < first + jobs; job++) await queue.add(job);
  let left = jobs;
  let finish: () => void = () => undefined;
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const start = performance.now();
  const stop = await queue.work(() => {
    left -= 1;
    if (left === 0) finish();
  }, CONCURRENCY);
  await finished;
  const seconds = (performance.now() - start) / 1000;
  await stop();
  return Math.round(jobs / seconds);
}
