import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runInProcess } from '../../support/easel-in-process.ts';

const FIRST = fileURLToPath(new URL('../../parity/goldens/images/first.png', import.meta.url));
const SECOND = fileURLToPath(new URL('../../parity/goldens/images/second.png', import.meta.url));

let folder: string;
let output: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'easel-edit-'));
  output = join(folder, 'out.png');
});
afterEach(() => rm(folder, { recursive: true }));

describe('easel edit', () => {
  it('generates without any image', async () => {
    const { stdout } = await runInProcess(['edit', 'a red bird', '-o', output, '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ mode: 'generate', base: null, references: [], adapter: 'none' });
    expect(existsSync(output)).toBe(true);
  });

  it('generates where the mode says so, in as many steps as asked', async () => {
    const args = ['edit', 'the bird of image 1', FIRST, '--mode', 'generate', '--steps', '2', '-o', output, '--json'];
    const { stdout } = await runInProcess(args);
    expect(JSON.parse(stdout)).toMatchObject({ mode: 'generate', references: [1], adapter: 'generate', steps: 2 });
  });

  it('goes on without a picture that nobody mentions, and says so', async () => {
    const broken = join(folder, 'broken.png');
    await writeFile(broken, '\x89PNG\r\n\x1a\nnothing more', 'latin1');
    const { exitCode, stderr } = await runInProcess(['edit', 'make image 1 red', FIRST, broken, '-o', output]);
    expect(exitCode).toBe(0);
    expect(stderr).toContain("image 2 isn't a picture I can open");
  });

  const refusals = [
    { name: 'an edit without an image', args: ['make it red'], says: /don't see an image yet.*\(NO_IMAGE\)$/ },
    {
      name: 'an unknown number',
      args: ['make image 3 red', FIRST, SECOND],
      says: /images 1-2 here.*\(UNKNOWN_IMAGE\)$/,
    },
    { name: 'an empty text', args: ['', FIRST], says: /\(TEXT_EMPTY\)$/ },
    { name: 'a long text', args: ['red '.repeat(2500), FIRST], says: /9999 characters.*\(TEXT_TOO_LONG\)$/ },
    {
      name: 'too many images',
      args: ['combine them', ...Array.from({ length: 11 }, () => FIRST)],
      says: /\(TOO_MANY_IMAGES\)$/,
    },
    { name: 'a word that makes no picture', args: ['help'], says: /\(NO_PICTURE\)$/ },
    { name: 'a greeting', args: ['hello there'], says: /Tell me what to change.*\(NO_PICTURE\)$/ },
  ];
  it.each(refusals)('refuses $name with the sentence of the chat and writes nothing', async ({ args, says }) => {
    const refused = await runInProcess(['edit', ...args, '-o', output]);
    expect(refused).toMatchObject({ exitCode: 1, stdout: '', stderr: expect.stringMatching(says) });
    expect(existsSync(output)).toBe(false);
  });

  it('refuses a file that is no picture by its content', async () => {
    const file = join(folder, 'note.png');
    await writeFile(file, 'no picture');
    const { exitCode, stderr } = await runInProcess(['edit', 'make it red', file, '-o', output]);
    expect({ exitCode, stderr }).toEqual({
      exitCode: 1,
      stderr: expect.stringMatching(/^image 1 isn't.*\(IMAGE_UNREADABLE\)$/),
    });
  });

  const wrongCalls = [
    {
      name: 'a missing file',
      args: ['make it red', 'missing.png', '-o', 'out.png'],
      says: /missing\.png cannot be read: it does not exist/,
    },
    { name: 'a folder as image', args: ['make it red', tmpdir(), '-o', 'out.png'], says: /it is a folder/ },
    { name: 'no output', args: ['make it red', FIRST], says: /required option '-o/ },
    {
      name: 'an output in no folder',
      args: ['make it red', FIRST, '-o', 'no-such-folder/out.png'],
      says: /does not exist/,
    },
    {
      name: 'steps that are no number',
      args: ['make it red', FIRST, '-o', 'out.png', '--steps', 'many'],
      says: /whole number from 1 to 200/,
    },
    {
      name: 'an unknown mode',
      args: ['make it red', FIRST, '-o', 'out.png', '--mode', 'guess'],
      says: /Allowed choices/,
    },
    { name: 'an unknown option', args: ['make it red', FIRST, '-o', 'out.png', '--fast'], says: /unknown option/ },
  ];
  it.each(wrongCalls)('calls $name a usage error', async ({ args, says }) => {
    const refused = await runInProcess(['edit', ...args]);
    expect(refused).toMatchObject({ exitCode: 64, stdout: '', stderr: expect.stringMatching(says) });
  });

  it('names the model folder that is not there as a matter of configuration', async () => {
    const { exitCode, stderr } = await runInProcess(['edit', 'a red bird', '-o', output], { EASEL_MODEL: '/no/model' });
    expect({ exitCode, stderr }).toEqual({
      exitCode: 78,
      stderr: expect.stringMatching(/\/no\/model.*\(MODEL_INVALID\)$/),
    });
  });

  it('shows a stack trace only where EASEL_DEBUG is set', async () => {
    const args = ['edit', 'make it red', '-o', output];
    expect((await runInProcess(args)).stderr).not.toMatch(/\n\s+at /);
    expect((await runInProcess(args, { EASEL_DEBUG: '1' })).stderr).toMatch(/\n\s+at /);
  });
});

describe('easel interpret', () => {
  it('prints the interpretation as JSON', async () => {
    const { exitCode, stdout } = await runInProcess(['interpret', 'Make it red.', FIRST, '--json']);
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      mode: 'edit',
      base: 1,
      references: [],
      instruction: 'Make image 1 red.',
    });
  });

  it('prints the question when it has to ask', async () => {
    const { stdout } = await runInProcess(['interpret', 'change the colour to red', FIRST, SECOND, FIRST, '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ mode: 'clarify', question: 'Which one should I change?' });
  });

  it('is readable without --json', async () => {
    const { stdout } = await runInProcess(['interpret', 'give image 1 the style of image 2', FIRST, SECOND]);
    expect(stdout).toMatch(/^mode +edit$/m);
    expect(stdout).toMatch(/^references +2$/m);
  });
});
