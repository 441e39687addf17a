import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ApiKeys } from '../../core/api-keys.ts';
import { hasCode, isTemporary, makeFolder, writeDurably } from '../home/durable-file.ts';
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
        const names = (await listIfThere(folder)).filter((name) => !isTemporary(name));
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

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

async function listIfThere(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  }
}
