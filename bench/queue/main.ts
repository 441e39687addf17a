import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { createLogger } from '../../core/logger.ts';
import { emptyOutFolder } from '../folders.ts';
import { loadNote } from '../load-note.ts';
import { formatTable, print, printSummary } from '../print.ts';
import { type MeasuredQueue, measureQueue, type QueueTimes } from './measured-queue.ts';
import { openEaselQueue, openRawQueue } from './queues.ts';

const optionsSchema = z.object({
  jobs: z.coerce.number().int().positive().default(500),
  pickups: z.coerce.number().int().positive().default(100),
});
const { values } = parseArgs({ options: { jobs: { type: 'string' }, pickups: { type: 'string' } } });
const options = optionsSchema.parse(values);
const redisUrl = process.env['REDIS_URL'] || undefined;
const deps = { logger: createLogger('error'), clock: { now: () => Date.now() } };

const busy = loadNote();
const easel = await measured(await openEaselQueue(redisUrl, deps));
const raw = await measured(await openRawQueue(redisUrl, deps));

print(`Queue on ${redisUrl === undefined ? 'the embedded database' : 'Redis'}, ${options.jobs} jobs`);
if (busy !== undefined) print(busy);
print();
const row = (name: string, { pickupMs, jobsPerSecond }: QueueTimes) => [name, String(pickupMs), String(jobsPerSecond)];
print(formatTable(['', 'pickup ms', 'jobs/s'], [row('easel', easel), row('BullMQ alone', raw)]));
print();
const summary = {
  pickupMs: easel.pickupMs,
  rawPickupMs: raw.pickupMs,
  jobsPerSecond: easel.jobsPerSecond,
  rawJobsPerSecond: raw.jobsPerSecond,
};
writeFileSync(join(emptyOutFolder('queue'), 'times.json'), `${JSON.stringify({ ...options, ...summary }, null, 1)}\n`);
printSummary(summary);

async function measured(queue: MeasuredQueue): Promise<QueueTimes> {
  try {
    return await measureQueue(queue, options);
  } finally {
    await queue.close();
  }
}
