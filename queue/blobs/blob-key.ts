import { createHash } from 'node:crypto';
import { type BlobKey, blobKeySchema } from '../../core/ids.ts';

/** SHA-256 of the bytes: the same picture is stored once, and no name of a person's file is ever part of a path. */
export function blobKeyOf(bytes: Uint8Array): BlobKey {
  return blobKeySchema.parse(createHash('sha256').update(bytes).digest('hex'));
}
