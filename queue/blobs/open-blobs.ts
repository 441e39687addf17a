import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Config, S3Settings } from '../../core/config.ts';
import { AppError } from '../../core/errors.ts';
import type { Blobs } from '../../core/ports.ts';
import { createFolderBlobs } from './folder-blobs.ts';
import { createS3Blobs } from './s3-blobs.ts';

/** Where images are stored. `s3` says whose bucket it is; it is needed for a BLOB_URL that starts with `s3:` only. */
export type BlobsConfig = Pick<Config, 'home' | 'blobUrl'> & Partial<Pick<Config, 's3'>>;

/**
 * `file:///folder`, or `s3://bucket/prefix` (by path on servers other than Amazon's); a folder of the home without either.
 * @throws AppError CONFIG_INVALID
 */
export function openBlobs({ home, blobUrl, s3 }: BlobsConfig): Blobs {
  if (blobUrl === undefined) return createFolderBlobs(join(home, 'blobs'));
  const url = new URL(blobUrl);
  return url.protocol === 's3:' ? openS3(url, s3) : createFolderBlobs(fileURLToPath(url));
}

function openS3({ hostname: bucket, pathname }: URL, s3: S3Settings | undefined): Blobs {
  if (s3 === undefined) throw new AppError('CONFIG_INVALID', { problems: 'BLOB_URL: s3: needs the two AWS_* keys' });
  const endpoint = s3.endpoint?.replace(/\/$/, '');
  const prefix = pathname.replace(/^\/+|\/+$/g, '');
  return createS3Blobs({
    bucketUrl: endpoint === undefined ? `https://${bucket}.s3.${s3.region}.amazonaws.com` : `${endpoint}/${bucket}`,
    keyPrefix: prefix === '' ? '' : `${prefix}/`,
    region: s3.region,
    accessKeyId: s3.accessKeyId.reveal(),
    secretAccessKey: s3.secretAccessKey.reveal(),
    ...(s3.sessionToken === undefined ? {} : { sessionToken: s3.sessionToken.reveal() }),
  });
}
