import { createHash } from 'node:crypto';
import { type BlobKey, blobKeySchema } from '../../../core/ids.ts';
import type { Blobs } from '../../../core/ports.ts';

/** Blobs in memory, keyed by content. */
export function createMemoryBlobs() {
  const stored = new Map<BlobKey, { readonly bytes: Uint8Array; readonly contentType: string }>();
  const blobs = {
    put(bytes, contentType) {
      const key = blobKeySchema.parse(createHash('sha256').update(bytes).digest('hex'));
      stored.set(key, { bytes: bytes.slice(), contentType });
      return Promise.resolve(key);
    },
    get(key) {
      const blob = stored.get(key);
      return Promise.resolve(
        blob === undefined ? undefined : { bytes: blob.bytes.slice(), contentType: blob.contentType },
      );
    },
    has: (key) => Promise.resolve(stored.has(key)),
    delete(key) {
      stored.delete(key);
      return Promise.resolve();
    },
  } satisfies Blobs;
  return { ...blobs, keys: (): readonly BlobKey[] => [...stored.keys()] };
}
