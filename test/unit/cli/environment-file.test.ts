import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addEnvironmentFile } from '../../../cli/environment-file.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'easel-env-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function environmentWith(text: string): Promise<Record<string, string | undefined>> {
  const file = join(folder, 'settings');
  await writeFile(file, text);
  return { EASEL_ENV_FILE: file };
}

describe('addEnvironmentFile', () => {
  it('adds what the file says: comments, quotes and spaces as shells have them', async () => {
    const env = await environmentWith('# settings\nPORT=4000\n#EASEL_HOST=no\nDISCORD_TOKEN="a b" # mine\n');
    addEnvironmentFile(env);
    expect(env).toMatchObject({ PORT: '4000', DISCORD_TOKEN: 'a b' });
    expect(env).not.toHaveProperty('EASEL_HOST');
  });

  it('leaves what the environment says, also that something is not set', async () => {
    const env = { ...(await environmentWith('PORT=4000\nREDIS_URL=redis://file\n')), PORT: '5000', REDIS_URL: '' };
    addEnvironmentFile(env);
    expect(env).toMatchObject({ PORT: '5000', REDIS_URL: '' });
  });

  it('needs no .env', () => {
    // The folder of the repository, where git ignores such a file.
    expect(() => addEnvironmentFile({ EASEL_ENV_FILE: '' })).not.toThrow();
  });

  it.each([
    ['missing', (at: string) => join(at, 'nothing'), 'does not exist'],
    ['a folder', (at: string) => at, 'cannot be read'],
  ])('refuses a named file that is %s', (_what, where, why) => {
    const add = () => addEnvironmentFile({ EASEL_ENV_FILE: where(folder) });
    const problems = expect.stringContaining(why);
    expect(add).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID', values: { problems } }));
  });
});
