import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { BlobKey } from '../../../core/ids.ts';
import { createFolderBlobs } from '../../../queue/blobs/folder-blobs.ts';
import { openBlobs } from '../../../queue/blobs/open-blobs.ts';

describe('where blobs are stored', () => {
  it('refuses a bucket without keys', () => {
    const open = () => openBlobs({ home: '/nowhere', blobUrl: 's3://bucket' });
    expect(open).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
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
