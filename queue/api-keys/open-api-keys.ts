import type { ApiKeys } from '../../core/api-keys.ts';
import type { Config } from '../../core/config.ts';
import { AppError } from '../../core/errors.ts';
import type { Logger, Stop } from '../../core/ports.ts';
import { createPool } from '../homes/postgres.ts';
import { connectRedis } from '../homes/redis.ts';
import { createSeldomLog } from '../log-seldom.ts';
import { createTables } from '../sql/tables.ts';
import { createFileApiKeys } from './file-api-keys.ts';
import { createRedisApiKeys } from './redis-api-keys.ts';
import { createSqlApiKeys } from './sql-api-keys.ts';

export interface OpenedApiKeys {
  readonly keys: ApiKeys;
  readonly close: Stop;
}

const MAX_CONNECTIONS = 2;

/**
 * The keys of the HTTP API where everything else is kept: Redis, PostgreSQL or EASEL_HOME. Apart from the backend, because
 * commands use them while a process serves the home.
 * @param options.redisPrefix the backend's.
 * @throws AppError QUEUE_UNAVAILABLE when the server does not answer.
 */
export async function openApiKeys(
  { home, redisUrl, databaseUrl }: Pick<Config, 'home' | 'redisUrl' | 'databaseUrl'>,
  { logger }: { readonly logger: Logger },
  { redisPrefix = 'easel' }: { readonly redisPrefix?: string } = {},
): Promise<OpenedApiKeys> {
  if (redisUrl !== undefined) {
    const redis = connectRedis(redisUrl.reveal(), 1, logger);
    const close = async () => redis.disconnect();
    await reached('redis', () => redis.ping(), close);
    return { keys: createRedisApiKeys(redis, redisPrefix), close };
  }
  if (databaseUrl !== undefined) {
    const pool = createPool(databaseUrl.reveal(), MAX_CONNECTIONS);
    pool.on('error', createSeldomLog(logger, { event: 'postgres-error' }, 'a connection to PostgreSQL broke'));
    const close = () => pool.end();
    await reached('postgres', () => createTables(pool), close);
    return { keys: createSqlApiKeys(pool), close };
  }
  return { keys: createFileApiKeys(home), close: () => Promise.resolve() };
}

async function reached(server: string, ask: () => Promise<unknown>, close: Stop): Promise<void> {
  try {
    await ask();
  } catch (cause) {
    await close();
    throw new AppError('QUEUE_UNAVAILABLE', {}, { cause, details: { server } });
  }
}
