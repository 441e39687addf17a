import { createHash } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Inbox } from '../../core/inbox.ts';
import { createDurably, listIfThere, makeFolder } from '../home/durable-file.ts';
import { orUnavailable } from '../store-error.ts';
import { oldestFirst, parseKept } from './kept-json.ts';

/** One file for each event, named after its key; the caller holds the home's lock. */
export function createFileInbox(home: string): Inbox {
  const folderOf = (platform: string) => join(home, 'inbox', platform);
  const pathOf = (platform: string, key: string) =>
    join(folderOf(platform), `${createHash('sha256').update(key).digest('hex').slice(0, 40)}.json`);

  return {
    keep: (platform, event) =>
      orUnavailable(async () => {
        await makeFolder(folderOf(platform));
        return await createDurably(pathOf(platform, event.key), [Buffer.from(JSON.stringify(event))]);
      }),
    // After a power failure an event may be there again, which is what "at least once" means.
    done: (platform, key) => orUnavailable(() => rm(pathOf(platform, key), { force: true })),
    list: (platform) =>
      orUnavailable(async () => {
        const folder = folderOf(platform);
        const names = await listIfThere(folder);
        const kept = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
        return oldestFirst(kept.map(parseKept));
      }),
  };
}
