import { createHash } from 'node:crypto';
import { AwsClient } from 'aws4fetch';
import { AppError } from '../../core/errors.ts';
import { type BlobKey, blobKeySchema } from '../../core/ids.ts';
import type { Blobs } from '../../core/ports.ts';
import { orUnavailable } from '../store-error.ts';
import { blobKeyOf } from './blob-key.ts';

export interface S3Options {
  /** Of the bucket, without a slash at the end. */
  readonly bucketUrl: string;
  /** Before every key; empty or ending in a slash. */
  readonly keyPrefix: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

const TIMEOUT_MS = 30_000;
const RETRIES = 3;

/** Blobs in S3 or anything that speaks like it. */
export function createS3Blobs({ bucketUrl, keyPrefix, ...credentials }: S3Options): Blobs {
  const client = new AwsClient({
    ...credentials,
    service: 's3',
    retries: RETRIES,
  });
  const urlOf = (key: BlobKey) => `${bucketUrl}/${keyPrefix}${blobKeySchema.parse(key)}`;

  async function send(method: string, key: BlobKey, init: RequestInit = {}): Promise<Response> {
    const response = await client.fetch(urlOf(key), {
      method,
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...init,
    });
    if (response.ok || response.status === 404) return response;
    // Unread bodies keep their connection.
    await response.body?.cancel();
    throw new AppError('STORE_UNAVAILABLE', {}, { details: { method, status: response.status } });
  }

  return {
    put: (bytes, contentType) =>
      orUnavailable(async () => {
        const key = blobKeyOf(bytes);
        const response = await send('PUT', key, {
          body: new Uint8Array(bytes),
          headers: {
            'content-type': contentType,
            // Makes the server refuse bytes that changed on the way.
            'x-amz-content-sha256': createHash('sha256').update(bytes).digest('hex'),
          },
        });
        await response.body?.cancel();
        if (!response.ok) throw new AppError('STORE_UNAVAILABLE', {}, { details: { missing: 'bucket' } });
        return key;
      }),

    get: (key) =>
      orUnavailable(async () => {
        const response = await send('GET', key);
        if (response.status === 404) {
          await response.body?.cancel();
          return undefined;
        }
        const contentType = response.headers.get('content-type') ?? 'application/octet-stream';
        return {
          bytes: new Uint8Array(await response.arrayBuffer()),
          contentType,
        };
      }),

    has: (key) => orUnavailable(async () => (await send('HEAD', key)).ok),

    delete: (key) =>
      orUnavailable(async () => {
        await (await send('DELETE', key)).body?.cancel();
      }),
  };
}
