import { createHash } from 'node:crypto';
import { blobKeySchema } from '../core/ids.ts';
import type { Blobs } from '../core/ports.ts';

/** Images of one command, gone with it. */
export function createMemoryBlobs(): Blobs {
  const stored = new Map<string, { readonly bytes: Uint8Array; readonly contentType: string }>();
  return {
    async put(bytes, contentType) {
      const key = blobKeySchema.parse(createHash('sha256').update(bytes).digest('hex'));
      stored.set(key, { bytes, contentType });
      return key;
    },
    get: (key) => Promise.resolve(stored.get(key)),
    has: (key) => Promise.resolve(stored.has(key)),
    async delete(key) {
      stored.delete(key);
    },
  };
}
