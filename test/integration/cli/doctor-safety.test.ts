import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkSafety } from '../../../cli/doctor-safety.ts';

const config = { safety: { pictures: 'strict', threshold: 0.8 } } as const;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'easel-safety-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('the doctor on the picture classifier', { timeout: 60_000 }, () => {
  it('opens it, and says how strict it is', async () => {
    expect(await checkSafety(config)).toEqual({
      check: 'safety',
      status: 'ok',
      message: 'The picture classifier opens (EASEL_SAFETY=strict, refuses from 0.8)',
    });
  });

  it('says that pictures are not looked at where that is wanted, without opening anything', async () => {
    const off = { safety: { pictures: 'off', threshold: 0.8 } } as const;
    expect(await checkSafety(off, join(folder, 'missing.onnx'))).toEqual({
      check: 'safety',
      status: 'ok',
      message: 'Pictures are not looked at (EASEL_SAFETY=off)',
    });
  });

  it('names what is missing or damaged, and how to mend it', async () => {
    const damaged = join(folder, 'damaged.onnx');
    await writeFile(damaged, 'no network');
    for (const file of [join(folder, 'missing.onnx'), damaged]) {
      expect(await checkSafety(config, file)).toMatchObject({
        check: 'safety',
        status: 'problem',
        message: expect.stringMatching(/^Pictures cannot be looked at: .+/),
        fix: expect.stringContaining('models/safety'),
      });
    }
  });
});
