import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newApiKey } from '../../core/api-keys.ts';
import { Secret } from '../../core/secret.ts';
import { openApiKeys } from '../../queue/api-keys/open-api-keys.ts';
import { emptyTables } from '../support/empty-tables.ts';
import { createMemoryApiKeys } from '../support/fakes/api-keys.ts';
import { createMemoryLogger } from '../support/fakes/logger.ts';
import { whereFound } from '../support/servers/find-program.ts';
import { postgresProgram, startPostgres } from '../support/servers/postgres.ts';
import { redisProgram, startRedis } from '../support/servers/redis.ts';
import { describeApiKeys } from './api-keys.contract.ts';

const nowhere = { home: '/nowhere', redisUrl: undefined, databaseUrl: undefined };
const deps = { logger: createMemoryLogger() };

async function openTwo(config: Parameters<typeof openApiKeys>[0], redisPrefix?: string) {
  const open = () => openApiKeys(config, deps, redisPrefix === undefined ? {} : { redisPrefix });
  const [one, other] = [await open(), await open()];
  const close = async () => void (await Promise.all([one.close(), other.close()]));
  return { keys: one.keys, other: other.keys, close };
}

describeApiKeys('memory', () => {
  const keys = createMemoryApiKeys();
  return Promise.resolve({ keys, other: keys, close: () => Promise.resolve() });
});

describeApiKeys('files', async () => {
  const home = await mkdtemp(join(tmpdir(), 'easel-keys-'));
  // A home that nothing has used yet.
  const opened = await openTwo({ ...nowhere, home: join(home, 'new') });
  return { ...opened, close: () => rm(home, { recursive: true }) };
});

it('files of keys are for their owner alone', async () => {
  const home = await mkdtemp(join(tmpdir(), 'easel-keys-'));
  const { keys } = await openTwo({ ...nowhere, home });
  const { key } = newApiKey({ name: 'one', picturesPerDay: 1, atOnce: 1 }, 1);
  await keys.put(key);
  expect((await stat(join(home, 'api-keys', `${key.id}.json`))).mode & 0o777).toBe(0o600);
  await rm(home, { recursive: true });
});

describe('on Redis', whereFound(redisProgram), () => {
  let server: Awaited<ReturnType<typeof startRedis>>;
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(() => server.stop());
  describeApiKeys('Redis', () => openTwo({ ...nowhere, redisUrl: new Secret(server.url) }, `test-${randomUUID()}`));
});

describe('on PostgreSQL', whereFound(postgresProgram), () => {
  let server: Awaited<ReturnType<typeof startPostgres>>;
  beforeAll(async () => {
    server = await startPostgres();
  }, 180_000);
  afterAll(() => server.stop());
  describeApiKeys('PostgreSQL', async () => {
    const opened = await openTwo({ ...nowhere, databaseUrl: new Secret(server.url) });
    await emptyTables({ connectionString: server.url });
    return opened;
  });
});
