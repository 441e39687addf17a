import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../../../core/config.ts';
import { inspectBlobs } from '../../../queue/doctor/inspect-blobs.ts';
import { inspectPostgres } from '../../../queue/doctor/inspect-postgres.ts';
import { inspectRedis } from '../../../queue/doctor/inspect-redis.ts';
import type { StoreFinding } from '../../../queue/doctor/store-finding.ts';
import { whereFound } from '../../support/servers/find-program.ts';
import { type PostgresServer, postgresProgram, startPostgres } from '../../support/servers/postgres.ts';
import { type RedisServer, redisProgram, startRedis } from '../../support/servers/redis.ts';
import { type S3Server, s3Program, startS3 } from '../../support/servers/s3.ts';
import { freePort } from '../../support/servers/spawn-server.ts';

const worst = (findings: readonly StoreFinding[]) => findings.filter(({ status }) => status !== 'ok');

describe('what is asked of Redis', whereFound(redisProgram), () => {
  let server: RedisServer;
  let redis: Redis;
  beforeAll(async () => {
    server = await startRedis();
    redis = new Redis(server.url);
  });
  afterAll(async () => {
    redis.disconnect();
    await server.stop();
  });
  beforeEach(async () => {
    await redis.config(
      'SET',
      'requirepass',
      '',
      'appendonly',
      'yes',
      'maxmemory-policy',
      'noeviction',
      'appendfsync',
      'always',
    );
  });
  afterEach(async () => {
    await redis.call('REPLICAOF', 'NO', 'ONE');
  });

  it('is answered well by one that forgets nothing', async () => {
    const findings = await inspectRedis(server.url);
    expect(worst(findings)).toEqual([]);
    expect(findings[0]?.message).toMatch(/^Redis \d+\.\d+\.\d+ answers$/);
  });

  it.each([
    ['maxmemory-policy', 'allkeys-lru', 'problem', 'maxmemory-policy noeviction'],
    ['appendonly', 'no', 'problem', 'appendonly yes'],
    ['appendfsync', 'no', 'warning', 'appendfsync everysec'],
  ])('finds %s %s and says how to mend it', async (name, value, status, fix) => {
    await redis.config('SET', name, value);
    expect(worst(await inspectRedis(server.url))).toEqual([
      { status, message: expect.any(String), fix: expect.stringContaining(fix) },
    ]);
  });

  it('says what a power failure may cost', async () => {
    await redis.config('SET', 'appendfsync', 'everysec');
    const findings = await inspectRedis(server.url);
    expect(worst(findings)).toEqual([]);
    expect(findings.at(-1)?.message).toContain('every second');
  });

  it('finds a replica', async () => {
    await redis.call('REPLICAOF', '127.0.0.1', String(await freePort()));
    expect(worst(await inspectRedis(server.url))).toMatchObject([
      { status: 'problem', fix: expect.stringContaining('primary') },
    ]);
  });

  it.each(['', ':wrong@'])('is not answered where the password is not “%s”', async (password) => {
    await redis.config('SET', 'requirepass', 'hunter2');
    const asked = inspectRedis(server.url.replace('redis://', `redis://${password}`));
    await expect(asked).rejects.toThrow(/NOAUTH|WRONGPASS/);
  });
});

describe('what is asked of PostgreSQL', whereFound(postgresProgram), () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server.stop());

  it('finds out that it does not wait for the disk', async () => {
    // The server of the tests is started without fsync.
    const findings = await inspectPostgres(server.url);
    expect(findings[0]?.message).toMatch(/^PostgreSQL \d+.* answers$/);
    expect(worst(findings)).toMatchObject([{ status: 'warning', fix: expect.stringContaining('fsync = on') }]);
  });

  it('leaves no connection open', async () => {
    await inspectPostgres(server.url);
    const client = new pg.Client({ connectionString: server.url });
    await client.connect();
    const { rows } = await client.query("select pid from pg_stat_activity where backend_type = 'client backend'");
    await client.end();
    expect(rows).toHaveLength(1);
  });
});

describe('where pictures are stored', () => {
  let home: string;
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'easel-doctor-'));
  });
  afterEach(() => rm(home, { recursive: true }));

  it('is tried, and nothing stays there', async () => {
    const alone = await inspectBlobs({ home, blobUrl: undefined }, { isShared: false });
    expect(alone).toEqual({ status: 'ok', message: `Pictures are stored in ${join(home, 'blobs')}` });
    const shared = await inspectBlobs({ home, blobUrl: undefined }, { isShared: true });
    expect(shared.message).toContain('every process must see this folder');
  });

  it('is a problem where it cannot be written', async () => {
    const file = join(home, 'file');
    await writeFile(file, '');
    const finding = await inspectBlobs({ home: file, blobUrl: undefined }, { isShared: false });
    expect(finding).toMatchObject({ status: 'problem', fix: expect.stringContaining('BLOB_URL') });
  });

  describe('on S3', whereFound(s3Program), () => {
    let s3: S3Server;
    beforeAll(async () => {
      s3 = await startS3();
      await s3.createBucket('here');
    }, 90_000);
    afterAll(() => s3.stop());

    it.each([
      ['here', 'ok'],
      ['elsewhere', 'problem'],
    ])('bucket %s: %s', async (bucket, status) => {
      const config = loadConfig({ BLOB_URL: `s3://${bucket}/some`, ...s3.credentials });
      expect(await inspectBlobs(config, { isShared: true })).toMatchObject({ status });
    });
  });
});
