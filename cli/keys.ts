import { type ApiKey, type ApiKeys, DEFAULT_QUOTA, newApiKey } from '../core/api-keys.ts';
import { type Config, loadConfig } from '../core/config.ts';
import { createLogger } from '../core/logger.ts';
import { openApiKeys } from '../queue/api-keys/open-api-keys.ts';
import { UsageError } from './failure.ts';
import type { Io } from './io.ts';

export interface NewKeyOptions {
  readonly perDay?: number;
  readonly atOnce?: number;
}

const NAME = /^[\p{L}\p{N}][\p{L}\p{N} ._@-]{0,59}$/u;

/** Make a key; its token goes to standard output and nowhere else. @throws UsageError for a name that is taken or is none. */
export async function createKey(name: string, { perDay, atOnce }: NewKeyOptions, io: Io): Promise<void> {
  if (!NAME.test(name)) {
    throw new UsageError(
      'A name has 1 to 60 letters, digits, spaces, dots, hyphens or @, and begins with one of the first two.',
    );
  }
  await withKeys(async (keys, { web }) => {
    if ((await keys.list()).some((key) => key.name === name && isInForce(key))) {
      throw new UsageError(`There is a key ${name} already. \`easel keys revoke\` ends it.`);
    }
    const quota = {
      picturesPerDay: perDay ?? DEFAULT_QUOTA.picturesPerDay,
      atOnce: atOnce ?? DEFAULT_QUOTA.atOnce,
    };
    const { key, token } = newApiKey({ name, ...quota }, Date.now());
    await keys.put(key);
    io.out(token);
    io.note(`${name} may ask for ${quota.picturesPerDay} pictures a day, ${quota.atOnce} requests at once.`);
    if (web.port !== 0) io.note(`Its address is http://${web.host}:${web.port}/v1 while Easel runs.`);
    io.note('Keep the key now: it is stored only as a hash and is not shown again.');
  });
}

export async function listKeys({ json }: { readonly json: boolean }, io: Io): Promise<void> {
  await withKeys(async (keys) => {
    const sorted = (await keys.list()).toSorted((a, b) => a.createdAt - b.createdAt);
    const shown = sorted.map(({ secretHash: _kept, ...key }) => key);
    if (json) return io.out(JSON.stringify({ keys: shown }));
    if (shown.length === 0)
      return io.note('There is no key, so the HTTP API is off. `easel keys create NAME` makes one.');
    for (const { id, name, picturesPerDay, atOnce, createdAt, revokedAt } of shown) {
      const state = revokedAt === undefined ? 'in force' : `revoked ${day(revokedAt)}`;
      io.out(`${id}  ${name}  ${picturesPerDay} pictures a day, ${atOnce} at once  made ${day(createdAt)}  ${state}`);
    }
  });
}

/** @param name of the key, or its id. @throws UsageError when no key in force has it. */
export async function revokeKey(name: string, io: Io): Promise<void> {
  await withKeys(async (keys) => {
    const key = (await keys.list()).find((each) => isInForce(each) && (each.name === name || each.id === name));
    if (key === undefined) throw new UsageError(`There is no key ${name} in force. \`easel keys list\` shows them.`);
    await keys.put({ ...key, revokedAt: Date.now() });
    io.note(`${key.name} (${key.id}) opens nothing any more.`);
  });
}

function isInForce({ revokedAt }: ApiKey): boolean {
  return revokedAt === undefined;
}

async function withKeys(use: (keys: ApiKeys, config: Config) => Promise<void>): Promise<void> {
  const config = loadConfig(process.env);
  const { keys, close } = await openApiKeys(config, { logger: createLogger(config.logLevel) });
  try {
    await use(keys, config);
  } finally {
    await close();
  }
}

function day(timestampMs: number): string {
  return new Date(timestampMs).toISOString().slice(0, 10);
}
