import { Redis } from 'ioredis';
import { z } from 'zod';
import type { StoreFinding } from './store-finding.ts';

const CONNECT_TIMEOUT_MS = 5000;
/** `LMOVE` and the options of streams that BullMQ uses came with it. */
const OLDEST = [6, 2] as const;

/**
 * Ask a Redis whether conversations are safe in it: its version, what it does when memory runs out, and what a restart or a
 * power failure would cost.
 * @throws the client's error when the server does not answer or refuses the password.
 */
export async function inspectRedis(url: string): Promise<readonly StoreFinding[]> {
  const redis = new Redis(url, {
    lazyConnect: true,
    maxRetriesPerRequest: 0,
    connectTimeout: CONNECT_TIMEOUT_MS,
    retryStrategy: () => null,
  });
  /** Why it hung up; the command that was waiting hears only that it did. */
  let reason: Error | undefined;
  redis.on('error', (error) => {
    reason = error;
  });
  try {
    await redis.connect();
    const info = parseInfo(await redis.info());
    const fsync = await appendFsync(redis);
    return [aboutVersion(info), ...aboutRole(info), aboutEviction(info), aboutPersistence(info, fsync)];
  } catch (error) {
    throw reason ?? error;
  } finally {
    redis.disconnect();
  }
}

type Info = ReadonlyMap<string, string>;

function parseInfo(text: string): Info {
  const pairs = [...text.matchAll(/^([a-z0-9_]+):(.*)\r?$/gm)];
  return new Map(pairs.map(([, name = '', value = '']) => [name, value.trim()]));
}

/** @returns an empty text where nobody knows: hosted servers forbid the command. */
async function appendFsync(redis: Redis): Promise<string> {
  try {
    const [, value = ''] = z.array(z.string()).parse(await redis.config('GET', 'appendfsync'));
    return value;
  } catch {
    // Nothing depends on it but the words of a finding.
    return '';
  }
}

function aboutVersion(info: Info): StoreFinding {
  const version = info.get('redis_version') ?? 'of an unknown version';
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isOld = major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]);
  if (isOld) return problem(`Redis ${version} is too old`, `Update Redis to ${OLDEST.join('.')} or newer.`);
  return { status: 'ok', message: `Redis ${version} answers` };
}

function aboutRole(info: Info): readonly StoreFinding[] {
  const findings: StoreFinding[] = [];
  if (info.get('cluster_enabled') === '1')
    findings.push(problem('This Redis is a cluster, which Easel cannot use', 'Use one server, or one with replicas.'));
  if (info.get('role') === 'slave')
    findings.push(problem('This Redis is a replica and takes no changes', 'Let REDIS_URL name the primary.'));
  return findings;
}

function aboutEviction(info: Info): StoreFinding {
  const policy = info.get('maxmemory_policy') ?? 'unknown';
  if (policy === 'noeviction') return { status: 'ok', message: 'Redis never evicts (noeviction)' };
  const fix =
    'Set `maxmemory-policy noeviction` in redis.conf, and at once with `redis-cli CONFIG SET maxmemory-policy noeviction`.';
  return problem(`Redis forgets conversations and jobs when its memory is full (maxmemory-policy ${policy})`, fix);
}

function aboutPersistence(info: Info, fsync: string): StoreFinding {
  const toDisk =
    'Set `appendonly yes` and `appendfsync always` in redis.conf, and at once with `redis-cli CONFIG SET appendonly yes`.';
  if (info.get('aof_enabled') !== '1') {
    const message = 'Redis keeps no append-only file: a restart loses the conversations since its last snapshot';
    return problem(message, toDisk);
  }
  if (info.get('aof_last_write_status') !== 'ok')
    return problem('Redis cannot write its append-only file', 'Look at the disk of Redis: it may be full.');
  switch (fsync) {
    case 'always':
      return { status: 'ok', message: 'Redis writes every change to disk (appendfsync always)' };
    case 'no': {
      const message =
        'Redis leaves it to the system when changes reach the disk: a power failure may cost half a minute';
      return { status: 'warning', message, fix: 'Set `appendfsync everysec`, or `always`, in redis.conf.' };
    }
    case 'everysec':
      return { status: 'ok', message: 'Redis writes to disk every second, which a power failure may cost' };
    default:
      return { status: 'ok', message: 'Redis keeps an append-only file' };
  }
}

function problem(message: string, fix: string): StoreFinding {
  return { status: 'problem', message, fix };
}
