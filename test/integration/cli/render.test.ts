import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runInProcess } from '../../support/easel-in-process.ts';
import { tinyModel } from '../../support/tiny-model.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'easel-render-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('easel render', () => {
  const refusals = [
    {
      name: 'an adapter that the folder lacks',
      args: ['--adapter', 'sketch'],
      exitCode: 1,
      says: /"sketch".*\(INPUT_INVALID\)$/,
    },
    { name: 'a size off the grid', args: ['--width', '33', '--height', '32'], exitCode: 1, says: /\(INPUT_INVALID\)$/ },
    { name: 'half a size', args: ['--width', '32'], exitCode: 64, says: /belong together.*\(USAGE\)$/ },
    {
      name: 'a seed beside latents',
      args: ['--seed', '1', '--latents', 'x'],
      exitCode: 64,
      says: /cannot be used with/,
    },
    { name: 'a missing image', args: ['--image', 'missing.png'], exitCode: 64, says: /missing\.png cannot be read/ },
    { name: 'missing latents', args: ['--latents', 'missing.bin'], exitCode: 64, says: /missing\.bin cannot be read/ },
    { name: 'a guidance that is no number', args: ['--guidance', 'much'], exitCode: 64, says: /number from 0 to 100/ },
  ];
  it('runs on the configured device, and on no other instead', async () => {
    const output = join(folder, 'out.png');
    const refused = await runInProcess(['render', '--model', tinyModel('small'), '--prompt', 'a bird', '-o', output], {
      EASEL_DEVICE: 'cuda',
    });
    expect(refused).toMatchObject({
      exitCode: 78,
      stdout: '',
      stderr: expect.stringMatching(/cuda.*\(DEVICE_UNAVAILABLE\)$/),
    });
    expect(existsSync(output)).toBe(false);
  });

  it.each(refusals)('refuses $name with one sentence', async ({ args, exitCode, says }) => {
    const output = join(folder, 'out.png');
    const refused = await runInProcess([
      'render',
      '--model',
      tinyModel('small'),
      '--prompt',
      'a bird',
      '-o',
      output,
      ...args,
    ]);
    expect(refused).toMatchObject({ exitCode, stdout: '', stderr: expect.stringMatching(says) });
    expect(existsSync(output)).toBe(false);
  });
});
