import type { Config } from '../core/config.ts';
import { AppError } from '../core/errors.ts';
import type { Blobs } from '../core/ports.ts';
import { type BlobsConfig, openBlobs } from './blobs/open-blobs.ts';
import { openEmbeddedHome } from './homes/embedded.ts';
import type { Home, HomeDeps } from './homes/home.ts';
import { openPostgresHome } from './homes/postgres.ts';
import { openRedisHome } from './homes/redis.ts';
import { DEFAULT_TIMING, type JobTiming } from './jobs/bull-jobs.ts';

export type BackendConfig = Pick<Config, 'redisUrl' | 'databaseUrl'> & BlobsConfig;

export interface Backend extends Home {
  readonly kind: 'embedded' | 'redis' | 'postgres';
  readonly blobs: Blobs;
}

export interface BackendOptions {
  readonly timing?: Partial<JobTiming>;
  /** Before every key in Redis; two Easels on one Redis need two. */
  readonly redisPrefix?: string;
}

/**
 * Open every port of storage and queue: Redis where REDIS_URL is set, else PostgreSQL where DATABASE_URL is set, else the
 * folder EASEL_HOME with everything in this process.
 * @throws AppError HOME_LOCKED (another process has the folder), QUEUE_UNAVAILABLE (no answer), CONFIG_INVALID (BLOB_URL).
 */
export async function openBackend(
  config: BackendConfig,
  deps: HomeDeps,
  { timing, redisPrefix = 'easel' }: BackendOptions = {},
): Promise<Backend> {
  const blobs = openBlobs(config);
  const jobTiming = { ...DEFAULT_TIMING, ...timing };
  const { redisUrl, databaseUrl, home } = config;
  if (redisUrl !== undefined) {
    const redis = await reached('redis', () => openRedisHome(redisUrl.reveal(), redisPrefix, deps, jobTiming));
    return { ...redis, kind: 'redis', blobs };
  }
  if (databaseUrl !== undefined) {
    const postgres = await reached('postgres', () => openPostgresHome(databaseUrl.reveal(), deps, jobTiming));
    return { ...postgres, kind: 'postgres', blobs };
  }
  return {
    ...(await openEmbeddedHome(home, deps, jobTiming)),
    kind: 'embedded',
    blobs,
  };
}

async function reached<T>(server: string, open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (cause) {
    throw new AppError('QUEUE_UNAVAILABLE', {}, { cause, details: { server } });
  }
}
