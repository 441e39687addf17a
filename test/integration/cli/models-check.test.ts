import { rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ModelCopy } from '../../support/copy-model.ts';
import { runInProcess } from '../../support/easel-in-process.ts';
import { copyTinyModel, tinyModel } from '../../support/tiny-model.ts';

let copy: ModelCopy;
beforeEach(() => {
  copy = copyTinyModel('small');
});
afterEach(() => copy.remove());

const DAMAGES = [
  { name: 'a missing config', file: 'text_encoder/config.json', damage: (file: string) => rmSync(file) },
  {
    name: 'a config that is not JSON',
    file: 'transformer/config.json',
    damage: (file: string) => writeFileSync(file, '{'),
  },
  {
    name: 'truncated weights',
    file: 'text_encoder_2/model.safetensors',
    damage: (file: string) => truncateSync(file, 1000),
  },
  { name: 'a missing tokenizer', file: 'tokenizer_2/tokenizer.json', damage: (file: string) => rmSync(file) },
];

describe('easel models check', () => {
  it('finds nothing wrong with a complete folder', async () => {
    const { exitCode, stdout } = await runInProcess(['models', 'check', '--json']);
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ folder: tinyModel('small'), findings: [] });
  });

  it.each(DAMAGES)('names the file of $name, with exit code 2', async ({ file, damage }) => {
    damage(join(copy.folder, file));
    const { exitCode, stdout, stderr } = await runInProcess(['models', 'check', copy.folder]);
    expect(exitCode).toBe(2);
    expect(stdout).toMatch(new RegExp(`^error: .*${file}.*\\(MODEL_(MISSING|INVALID)\\)$`, 'm'));
    expect(stderr).toContain('cannot be used');
  });

  it('says all that is wrong at once', async () => {
    const damages = DAMAGES.filter(({ file }) => !file.startsWith('transformer/'));
    for (const { file, damage } of damages) damage(join(copy.folder, file));
    const { stdout } = await runInProcess(['models', 'check', copy.folder]);
    for (const { file } of damages) expect(stdout).toContain(file);
  });

  it('warns without an error where the model works with less', async () => {
    rmSync(join(copy.folder, 'gen_lora'), { recursive: true });
    copy.patchJson('easel.json', { adapters: { edit: 'edit_lora' } });
    const { exitCode, stdout } = await runInProcess(['models', 'check', copy.folder]);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^warning: .*"generate"/m);
  });
});
