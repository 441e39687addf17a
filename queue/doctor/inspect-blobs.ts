import { join, resolve } from 'node:path';
import { asAppError } from '../../core/errors.ts';
import { type BlobsConfig, openBlobs } from '../blobs/open-blobs.ts';
import type { StoreFinding } from './store-finding.ts';

export interface BlobsUse {
  /** Whether processes on other machines may need the pictures too. */
  readonly isShared: boolean;
}

/** Store something small, read it and delete it. Never throws. */
export async function inspectBlobs(config: BlobsConfig, { isShared }: BlobsUse): Promise<StoreFinding> {
  const where = config.blobUrl ?? join(resolve(config.home), 'blobs');
  try {
    const blobs = openBlobs(config);
    const written = Buffer.from('easel doctor');
    const key = await blobs.put(written, 'text/plain');
    const read = await blobs.get(key);
    await blobs.delete(key);
    if (read === undefined || !written.equals(read.bytes)) throw new Error('it does not return what was stored');
  } catch (error) {
    const { cause, details } = asAppError(error);
    const why = details['status'] ?? details['missing'] ?? (cause instanceof Error ? cause.message : '');
    const fix = 'Make it writable, or correct BLOB_URL and, for a bucket, the AWS_* variables.';
    return { status: 'problem', message: `Pictures cannot be stored in ${where} (${why})`, fix };
  }
  const note = isShared && config.blobUrl?.startsWith('s3:') !== true ? '; every process must see this folder' : '';
  return { status: 'ok', message: `Pictures are stored in ${where}${note}` };
}
