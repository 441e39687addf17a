import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeImage } from '../../../inference/index.ts';
import { runEasel } from '../../support/easel-command.ts';

const FIRST = fileURLToPath(new URL('../../parity/goldens/images/first.png', import.meta.url));
const SECOND = fileURLToPath(new URL('../../parity/goldens/images/second.png', import.meta.url));
const TEXT = 'Give image 1 the pattern of image 2.';

let cwd: string;
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'easel-edit-'));
});
afterAll(() => rm(cwd, { recursive: true }));

const edit = (...args: readonly string[]) => runEasel(['edit', ...args], { cwd });

describe('easel edit', () => {
  it('makes a picture and prints how, as one line of JSON', async () => {
    const { exitCode, stdout } = await edit(TEXT, FIRST, SECOND, '-o', 'out.png', '--seed', '7', '--json');
    expect(exitCode).toBe(0);
    const printed: Record<string, unknown> = JSON.parse(stdout);
    expect(stdout.trim().split('\n')).toHaveLength(1);
    const timing = expect.any(Number);
    expect(printed).toEqual({
      mode: 'edit',
      base: 1,
      references: [2],
      instruction: TEXT,
      description: '',
      adapter: 'edit',
      seed: 7,
      steps: 4,
      width: 32,
      height: 24,
      model: 'tiny-small 0.0.1',
      engine: 'tiny-small',
      timingsMs: { interpret: timing, encode: timing, denoise: timing, decode: timing, total: timing },
      output: 'out.png',
    });
    expect(await decodeImage(await readFile(join(cwd, 'out.png')))).toMatchObject({ width: 32, height: 24 });
  });

  it('makes the same bytes from the same seed, and others from other inputs', async () => {
    const make = async (name: string, ...args: readonly string[]) => {
      expect(await edit(...args, '-o', name, '--seed', '7')).toMatchObject({ exitCode: 0, stdout: `${name}\n` });
      return readFile(join(cwd, name));
    };
    const picture = await make('a.png', TEXT, FIRST, SECOND);
    expect(await make('b.png', TEXT, FIRST, SECOND)).toEqual(picture);
    expect(await make('c.png', TEXT, SECOND, FIRST)).not.toEqual(picture);
  });

  it('ends with the exit code of what went wrong', async () => {
    const refused = await edit('make image 3 red', FIRST, SECOND, '-o', 'refused.png');
    expect(refused).toMatchObject({ exitCode: 1, stdout: '', stderr: expect.stringMatching(/\(UNKNOWN_IMAGE\)\n$/) });
    expect(await edit('make it red', 'missing.png', '-o', 'refused.png')).toMatchObject({ exitCode: 64, stdout: '' });
  });
});
