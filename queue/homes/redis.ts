import { Redis } from 'ioredis';
import type { Logger } from '../../core/ports.ts';
import { createRedisDocuments } from '../documents/redis-documents.ts';
import { createListeners } from '../ephemeral/pub-sub.ts';
import { createRedisEphemeral } from '../ephemeral/redis-ephemeral.ts';
import { createRedisInbox } from '../inbox/redis-inbox.ts';
import { createRedisBull } from '../jobs/bull.ts';
import { createBullJobs, type JobTiming } from '../jobs/bull-jobs.ts';
import { createRedisFairOrder } from '../jobs/fair-order.ts';
import { createSeldomLog } from '../log-seldom.ts';
import { closeInOrder } from './close-in-order.ts';
import type { Home, HomeDeps } from './home.ts';

const LONGEST_RECONNECT_MS = 2000;
const CONNECT_TIMEOUT_MS = 5000;

/** Documents, events and queue in one Redis, version 6.2 or newer, without a cluster. */
export async function openRedisHome(
  url: string,
  prefix: string,
  { logger }: HomeDeps,
  timing: JobTiming,
): Promise<Home> {
  // Commands of a request fail soon while Redis is away; what waits for jobs or messages waits for ever.
  const commands = connectRedis(url, 1, logger);
  const blocking = connectRedis(url, null, logger);
  const subscriber = connectRedis(url, null, logger);
  const disconnect = async () => {
    for (const connection of [commands, blocking, subscriber]) connection.disconnect();
  };
  try {
    await commands.ping();
  } catch (error) {
    await disconnect();
    throw error;
  }
  const listeners = createListeners(createSeldomLog(logger, { event: 'listener-failed' }, 'a listener threw'));
  const ephemeral = createRedisEphemeral({ commands, subscriber, listeners }, prefix);
  const bull = createRedisBull({ commands, blocking }, `${prefix}:queue`);
  const fairOrder = createRedisFairOrder(commands, prefix);
  const jobs = createBullJobs({ bull, fairOrder, ephemeral, logger }, timing);
  return {
    documents: createRedisDocuments(commands, prefix),
    inbox: createRedisInbox(commands, prefix),
    ephemeral,
    jobs,
    close: closeInOrder([jobs.close, disconnect]),
  };
}

/** @param maxRetriesPerRequest null: a command waits until Redis is there again. */
export function connectRedis(url: string, maxRetriesPerRequest: number | null, logger: Logger): Redis {
  const connection = new Redis(url, {
    maxRetriesPerRequest,
    connectTimeout: CONNECT_TIMEOUT_MS,
    retryStrategy: (tries) => Math.min(tries * 50, LONGEST_RECONNECT_MS),
  });
  connection.on('error', createSeldomLog(logger, { event: 'redis-error' }, 'Redis cannot be reached'));
  return connection;
}
