import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { AppError } from '../../core/errors.ts';
import type { Blobs } from '../../core/ports.ts';
import { createFolderBlobs } from './folder-blobs.ts';
import { createS3Blobs } from './s3-blobs.ts';

/** How every S3 client is told whose bucket it is. */
const credentialsSchema = z.object({
  AWS_ACCESS_KEY_ID: z.string('is needed for a BLOB_URL that starts with s3:'),
  AWS_SECRET_ACCESS_KEY: z.string('is needed for a BLOB_URL that starts with s3:'),
  AWS_SESSION_TOKEN: z.string().optional(),
  AWS_REGION: z.string().default('us-east-1'),
  AWS_ENDPOINT_URL_S3: z.url().optional(),
});

/**
 * `file:/folder`, or `s3://bucket/prefix` with the usual AWS_* variables (AWS_ENDPOINT_URL_S3 for servers other than
 * Amazon's; those are addressed by path).
 * @throws AppError CONFIG_INVALID
 */
export function openBlobs(
  { home, blobUrl }: { readonly home: string; readonly blobUrl: string | undefined },
  env: Readonly<Record<string, string | undefined>>,
): Blobs {
  if (blobUrl === undefined) return createFolderBlobs(join(home, 'blobs'));
  const url = parseUrl(blobUrl);
  return url.protocol === 'file:' ? createFolderBlobs(fileURLToPath(url)) : openS3(url, env);
}

function openS3(url: URL, env: Readonly<Record<string, string | undefined>>): Blobs {
  const parsed = credentialsSchema.safeParse(env);
  if (!parsed.success) throw invalid(parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`));
  if (url.hostname === '') throw invalid(['BLOB_URL: must name a bucket, as in s3://bucket/prefix']);
  const credentials = parsed.data;
  const region = credentials.AWS_REGION;
  const endpoint = credentials.AWS_ENDPOINT_URL_S3?.replace(/\/$/, '');
  const prefix = url.pathname.replace(/^\/+|\/+$/g, '');
  return createS3Blobs({
    bucketUrl:
      endpoint === undefined ? `https://${url.hostname}.s3.${region}.amazonaws.com` : `${endpoint}/${url.hostname}`,
    keyPrefix: prefix === '' ? '' : `${prefix}/`,
    region,
    accessKeyId: credentials.AWS_ACCESS_KEY_ID,
    secretAccessKey: credentials.AWS_SECRET_ACCESS_KEY,
    ...(credentials.AWS_SESSION_TOKEN === undefined ? {} : { sessionToken: credentials.AWS_SESSION_TOKEN }),
  });
}

function parseUrl(blobUrl: string): URL {
  const url = URL.canParse(blobUrl) ? new URL(blobUrl) : undefined;
  if (url?.protocol === 's3:' || url?.protocol === 'file:') return url;
  throw invalid(['BLOB_URL: must be a URL like file:///folder or s3://bucket/prefix']);
}

function invalid(problems: readonly string[]): AppError<'CONFIG_INVALID'> {
  return new AppError('CONFIG_INVALID', { problems: problems.join('\n') });
}
