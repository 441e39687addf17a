import { access, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { type BlobKey, blobKeySchema } from '../../core/ids.ts';
import type { Blobs } from '../../core/ports.ts';
import { createDurably, hasCode, makeFolder } from '../home/durable-file.ts';
import { orUnavailable } from '../store-error.ts';
import { blobKeyOf } from './blob-key.ts';

const headerSchema = z.object({ contentType: z.string() });
const NEWLINE = 0x0a;

/** Blobs as files `<folder>/<2 digits>/<key>`: one line of JSON that says what they are, then the bytes. */
export function createFolderBlobs(folder: string): Blobs {
  /** A key is hex digits only, so no key leads out of the folder. */
  function placeOf(key: BlobKey): {
    readonly folder: string;
    readonly file: string;
  } {
    const checked = blobKeySchema.parse(key);
    const shard = join(folder, checked.slice(0, 2));
    return { folder: shard, file: join(shard, checked) };
  }

  return {
    put: (bytes, contentType) =>
      orUnavailable(async () => {
        const key = blobKeyOf(bytes);
        const place = placeOf(key);
        await makeFolder(place.folder);
        const header = JSON.stringify(headerSchema.parse({ contentType }));
        await createDurably(place.file, [Buffer.from(`${header}\n`), bytes]);
        return key;
      }),

    get: (key) =>
      orUnavailable(async () => {
        try {
          return parseFile(await readFile(placeOf(key).file));
        } catch (error) {
          if (hasCode(error, 'ENOENT')) return undefined;
          throw error;
        }
      }),

    has: (key) =>
      orUnavailable(async () => {
        try {
          await access(placeOf(key).file);
          return true;
        } catch (error) {
          if (hasCode(error, 'ENOENT')) return false;
          throw error;
        }
      }),

    delete: (key) => orUnavailable(() => rm(placeOf(key).file, { force: true })),
  };
}

function parseFile(file: Buffer): {
  readonly bytes: Uint8Array;
  readonly contentType: string;
} {
  const end = file.indexOf(NEWLINE);
  const { contentType } = headerSchema.parse(JSON.parse(file.toString('utf8', 0, end)));
  return { bytes: new Uint8Array(file.subarray(end + 1)), contentType };
}
