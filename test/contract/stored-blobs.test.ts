import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe } from 'vitest';
import { loadConfig } from '../../core/config.ts';
import { openBlobs } from '../../queue/blobs/open-blobs.ts';
import { whereFound } from '../support/servers/find-program.ts';
import { type S3Server, s3Program, startS3 } from '../support/servers/s3.ts';
import { describeBlobs } from './blobs.contract.ts';

describeBlobs(
  'folder',
  async () => {
    const home = await mkdtemp(join(tmpdir(), 'easel-blobs-'));
    const open = () => openBlobs({ home, blobUrl: undefined });
    return { blobs: open(), reopen: () => Promise.resolve(open()), close: () => rm(home, { recursive: true }) };
  },
  { isDurable: true },
);

describeBlobs(
  'file: URL',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'easel blobs ü-'));
    const open = () => openBlobs({ home: '/nowhere', blobUrl: pathToFileURL(folder).href });
    return { blobs: open(), reopen: () => Promise.resolve(open()), close: () => rm(folder, { recursive: true }) };
  },
  { isDurable: true },
);

describe('on S3', whereFound(s3Program), () => {
  let server: S3Server;
  beforeAll(async () => {
    server = await startS3();
  }, 90_000);
  afterAll(() => server.stop());

  describeBlobs(
    'S3',
    async () => {
      const bucket = `bucket-${randomUUID()}`;
      await server.createBucket(bucket);
      const open = () => openBlobs(loadConfig({ BLOB_URL: `s3://${bucket}/some/prefix`, ...server.credentials }));
      return { blobs: open(), reopen: () => Promise.resolve(open()), close: () => Promise.resolve() };
    },
    { isDurable: true },
  );
});
