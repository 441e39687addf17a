import { describe, expect, it } from 'vitest';
import { fitUpload, uploadLimit } from '../../../bots/discord/fit-upload.ts';

const picture = { bytes: new Uint8Array(100), contentType: 'image/png' };
const options = { fileName: 'image-3.png', limitBytes: 50 };

describe('fitUpload', () => {
  it('leaves alone what fits', async () => {
    const upload = await fitUpload(() => Promise.reject(new Error('not needed')), picture, {
      ...options,
      limitBytes: 100,
    });
    expect(upload).toEqual({ ...picture, fileName: 'image-3.png' });
  });

  it('takes a smaller copy under its own name, and says for which limit', async () => {
    const smaller = { bytes: new Uint8Array(40), contentType: 'image/jpeg' };
    expect(await fitUpload(() => Promise.resolve(smaller), picture, options)).toEqual({
      ...smaller,
      fileName: 'image-3.jpeg',
      shrunkTo: 50,
    });
  });

  it('has nothing where no copy fits', async () => {
    expect(await fitUpload(() => Promise.resolve(undefined), picture, options)).toBeUndefined();
  });

  it('knows what each tier of a server takes', () => {
    expect([0, 1, 2, 3, 9].map((tier) => uploadLimit(tier) / 1024 / 1024)).toEqual([10, 10, 50, 100, 10]);
  });
});
