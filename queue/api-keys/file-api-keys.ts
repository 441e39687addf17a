import { join } from 'node:path';
import type { ApiKeys } from '../../core/api-keys.ts';
import { listIfThere, makeFolder, readIfThere, writeDurably } from '../home/durable-file.ts';
import { orUnavailable } from '../store-error.ts';
import { parseApiKey } from './parse-api-key.ts';

const OWNER_ONLY = 0o600;

/**
 * Keys of the embedded home: one file each, so that a command can make and revoke them while the process that serves them
 * holds the home's lock.
 */
export function createFileApiKeys(home: string): ApiKeys {
  const folder = join(home, 'api-keys');
  const pathOf = (id: string) => join(folder, `${id}.json`);

  async function get(id: string) {
    const json = await readIfThere(pathOf(id));
    return json === undefined ? undefined : parseApiKey(json);
  }

  return {
    get: (id) => orUnavailable(() => get(id)),
    list: () =>
      orUnavailable(async () => {
        const names = await listIfThere(folder);
        const keys = await Promise.all(names.map((name) => get(name.replace(/\.json$/, ''))));
        return keys.flatMap((key) => key ?? []);
      }),
    put: (key) =>
      orUnavailable(async () => {
        await makeFolder(folder);
        await writeDurably(pathOf(key.id), [Buffer.from(JSON.stringify(key))], OWNER_ONLY);
      }),
  };
}
