import { Secret } from '../../../core/secret.ts';
import { openBackend } from '../../../queue/open-backend.ts';
import { createManualClock } from '../fakes/clock.ts';
import { createMemoryLogger } from '../fakes/logger.ts';
import { testTiming } from '../homes.ts';

/** A worker of `render-test` on the Redis or PostgreSQL of argv[2] that takes jobs and never ends one. */
const [, , url = '', redisPrefix = ''] = process.argv;

const secret = new Secret(url);
const isRedis = url.startsWith('redis:');
const backend = await openBackend(
  {
    home: '/nowhere',
    redisUrl: isRedis ? secret : undefined,
    databaseUrl: isRedis ? undefined : secret,
    blobUrl: undefined,
  },
  { logger: createMemoryLogger(), clock: createManualClock() },
  { timing: testTiming, redisPrefix },
);
await backend.jobs.work('render-test', async ({ id, signal }) => {
  signal.addEventListener('abort', () => process.send?.({ kind: 'aborted', reason: String(signal.reason) }));
  process.send?.({ kind: 'working', id });
  await new Promise(() => undefined);
});
