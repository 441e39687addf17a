import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { BlobKey } from '../../../core/ids.ts';
import { createFolderBlobs } from '../../../queue/blobs/folder-blobs.ts';
import { openBlobs } from '../../../queue/blobs/open-blobs.ts';

const aws = { AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'secret' };

describe('where blobs are stored', () => {
  it.each([
    ['s3://bucket', {}, 'AWS_ACCESS_KEY_ID: is needed for a BLOB_URL that starts with s3:'],
    ['s3:///prefix', aws, 'BLOB_URL: must name a bucket, as in s3://bucket/prefix'],
    ['ftp://host/folder', aws, 'BLOB_URL: must be a URL like file:///folder or s3://bucket/prefix'],
    ['s3://bucket', { ...aws, AWS_ENDPOINT_URL_S3: 'somewhere' }, 'AWS_ENDPOINT_URL_S3'],
  ])('refuses %s with %j and says what is wrong', (blobUrl, env, problem) => {
    const open = () => openBlobs({ home: '/nowhere', blobUrl }, env);
    expect(open).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
    expect(open).toThrow(expect.objectContaining({ values: { problems: expect.stringContaining(problem) } }));
  });

  it.each(['../../../etc/passwd', 'a/../../secret', '', '/etc/passwd', '..%2f..%2fsecret', `${'a'.repeat(32)}/../x`])(
    'never leaves its folder for the key %s',
    async (key) => {
      const home = await mkdtemp(join(tmpdir(), 'easel-blobs-'));
      await writeFile(join(home, 'secret'), '{"contentType":"text/plain"}\nsecret');
      const blobs = createFolderBlobs(join(home, 'blobs'));
      // What a key from outside looks like to the compiler once somebody forgot to parse it.
      const forged = key as BlobKey;
      for (const ask of [blobs.get, blobs.has, blobs.delete]) {
        await expect(ask(forged)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
      }
      expect(await readdir(home)).toEqual(['secret']);
      await rm(home, { recursive: true });
    },
  );
});
