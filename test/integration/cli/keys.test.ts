import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockHome } from '../../../queue/home/home-lock.ts';
import { runInProcess } from '../../support/easel-in-process.ts';
import { freePort } from '../../support/servers/spawn-server.ts';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'easel-keys-'));
});
afterEach(() => rm(home, { recursive: true }));

const keys = (...args: readonly string[]) => runInProcess(['keys', ...args], { EASEL_HOME: home });

describe('easel keys', () => {
  it('prints a key once, as data, and keeps nothing that opens anything', async () => {
    const { exitCode, stdout, stderr } = await keys('create', 'open-webui');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^easel_[0-9a-f]{16}_[A-Za-z0-9_-]{43}$/);
    expect(stderr).toContain('500 pictures a day, 4 requests at once');
    expect(stderr).toContain('http://127.0.0.1:3210/v1');
    const secret = stdout.slice(-43);
    for (const name of await readdir(join(home, 'api-keys'))) {
      expect(await readFile(join(home, 'api-keys', name), 'utf8')).not.toContain(secret);
    }
    const listed = await keys('list');
    expect(listed.stdout + listed.stderr).not.toContain(secret);
    expect(listed.stdout).toMatch(/^[0-9a-f]{16} {2}open-webui {2}500 pictures a day, 4 at once {2}made .* in force$/);
  });

  it('lists what each may use, revoked ones too', async () => {
    await keys('create', 'one', '--per-day', '10', '--at-once', '2');
    await keys('create', 'two');
    await keys('revoke', 'one');
    const listed = JSON.parse((await keys('list', '--json')).stdout);
    expect(listed.keys).toMatchObject([
      { name: 'one', picturesPerDay: 10, atOnce: 2, revokedAt: expect.any(Number) },
      { name: 'two', picturesPerDay: 500, atOnce: 4 },
    ]);
    expect(JSON.stringify(listed)).not.toContain('Hash');
  });

  it('gives a name away again only after it was revoked', async () => {
    await keys('create', 'one');
    expect(await keys('create', 'one')).toMatchObject({ exitCode: 64, stdout: '' });
    await keys('revoke', 'one');
    expect(await keys('create', 'one')).toMatchObject({ exitCode: 0 });
  });

  it.each([
    [['revoke', 'nobody'], 'There is no key nobody'],
    [['create', '-n'], 'unknown option'],
    [['create', 'a'.repeat(61)], 'A name has 1 to 60'],
    [['create', 'one', '--per-day', '0'], 'whole number'],
    [['create'], 'missing required argument'],
  ])('refuses %j', async (args, reason) => {
    expect(await keys(...args)).toMatchObject({ exitCode: 64, stdout: '', stderr: expect.stringContaining(reason) });
  });

  it('says how to begin when there is none', async () => {
    expect(await keys('list')).toMatchObject({ exitCode: 0, stdout: '', stderr: expect.stringContaining('is off') });
  });

  it('works on a home that another process serves', async () => {
    const unlock = await lockHome(home);
    expect(await keys('create', 'one')).toMatchObject({ exitCode: 0 });
    await unlock();
  });

  it.each([
    ['REDIS_URL', 'redis'],
    ['DATABASE_URL', 'postgres'],
  ])('says that the server of %s does not answer', async (variable, protocol) => {
    const env = { EASEL_LOG_LEVEL: 'silent', [variable]: `${protocol}://127.0.0.1:${await freePort()}` };
    expect(await runInProcess(['keys', 'create', 'one'], env)).toMatchObject({
      exitCode: 1,
      stdout: '',
      stderr: expect.stringContaining('QUEUE_UNAVAILABLE'),
    });
  });
});
