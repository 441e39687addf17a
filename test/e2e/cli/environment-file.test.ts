import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runEasel } from '../../support/easel-command.ts';

it('a command reads the .env of the folder it runs in, and what is set already wins', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'easel-env-'));
  await writeFile(join(folder, '.env'), 'REDIS_URL=nonsense\nPORT=http\n');
  const refused = await runEasel(['doctor'], { cwd: folder, env: { EASEL_ENV_FILE: '', PORT: '0' } });
  await rm(folder, { recursive: true });
  expect(refused.exitCode).toBe(78);
  expect(refused.stderr).toContain('REDIS_URL: must be a URL');
  expect(refused.stderr).not.toContain('PORT');
});
