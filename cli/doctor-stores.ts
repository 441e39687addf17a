import { resolve } from 'node:path';
import type { Config } from '../core/config.ts';
import { isAppError } from '../core/errors.ts';
import { inspectBlobs } from '../queue/doctor/inspect-blobs.ts';
import { inspectPostgres } from '../queue/doctor/inspect-postgres.ts';
import { inspectRedis } from '../queue/doctor/inspect-redis.ts';
import type { StoreFinding } from '../queue/doctor/store-finding.ts';
import { lockHome } from '../queue/home/home-lock.ts';
import { causeOf, sentenceOf } from './doctor-sentence.ts';
import type { Finding } from './finding.ts';

/** Where conversations, jobs and pictures are kept. */
export async function checkStores(config: Config): Promise<readonly Finding[]> {
  const { redisUrl, databaseUrl } = config;
  const server =
    redisUrl !== undefined
      ? checkServer('Redis', 'REDIS_URL', () => inspectRedis(redisUrl.reveal()))
      : databaseUrl !== undefined
        ? checkServer('PostgreSQL', 'DATABASE_URL', () => inspectPostgres(databaseUrl.reveal()))
        : undefined;
  const home = server ?? checkHome(config);
  const pictures = { check: 'pictures', ...(await inspectBlobs(config, { isShared: server !== undefined })) } as const;
  return [...(await home), pictures];
}

async function checkServer(
  server: string,
  variable: string,
  inspect: () => Promise<readonly StoreFinding[]>,
): Promise<readonly Finding[]> {
  try {
    return (await inspect()).map((finding) => ({ check: 'queue', ...finding }));
  } catch (error) {
    const fix = `Start ${server}, or correct ${variable}.`;
    return [{ check: 'queue', status: 'problem', message: `${server} cannot be used: ${causeOf(error)}`, fix }];
  }
}

async function checkHome({ home }: Config): Promise<readonly Finding[]> {
  const folder = resolve(home);
  try {
    const unlock = await lockHome(folder);
    await unlock();
    return [{ check: 'home', status: 'ok', message: `${folder} can be written and is free` }];
  } catch (error) {
    if (isAppError(error) && error.code === 'HOME_LOCKED') {
      const message = `Easel is running on ${folder} (process ${error.values['pid']})`;
      return [{ check: 'home', status: 'ok', message }];
    }
    const fix = 'Make the folder writable, or set EASEL_HOME to another one.';
    return [{ check: 'home', status: 'problem', message: sentenceOf(error), fix }];
  }
}
