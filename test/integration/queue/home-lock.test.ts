import { mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { lockHome } from '../../../queue/home/home-lock.ts';
import { startChild, type TestChild } from '../../support/child-process.ts';

const saidSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('open') }),
  z.object({ kind: z.literal('locked') }),
  z.object({
    kind: z.literal('refused'),
    code: z.string(),
    values: z.record(z.string(), z.union([z.string(), z.number()])),
  }),
]);
type Said = z.infer<typeof saidSchema>;
const isOpen = (said: Said): said is Said => said.kind === 'open';
const isAnswer = (said: Said): said is Exclude<Said, { kind: 'open' }> => said.kind !== 'open';

describe('the lock of a home folder', { timeout: 60_000 }, () => {
  let folder: string;
  const children: TestChild<Said>[] = [];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'easel-lock-'));
  });
  afterEach(async () => {
    for (const child of children.splice(0)) await child.kill('SIGKILL');
    await rm(folder, { recursive: true });
  });

  async function start(): Promise<TestChild<Said>> {
    const script = new URL('../../support/children/lock-child.ts', import.meta.url);
    const child = startChild(script, [folder], (message) => saidSchema.parse(message));
    children.push(child);
    await child.says(isOpen);
    return child;
  }

  async function lockIn(child: TestChild<Said>) {
    child.send({ kind: 'lock' });
    return child.says(isAnswer);
  }

  it('refuses a second process and names the first', async () => {
    const first = await start();
    expect(await lockIn(first)).toEqual({ kind: 'locked' });
    await expect(lockHome(folder)).rejects.toMatchObject({ code: 'HOME_LOCKED', values: { folder, pid: first.pid } });
  });

  it('refuses the same process a second time, also by another path', async () => {
    const unlock = await lockHome(folder);
    const link = join(folder, 'link');
    await symlink(folder, link);
    await expect(lockHome(link)).rejects.toMatchObject({ code: 'HOME_LOCKED', values: { pid: process.pid } });
    await unlock();
  });

  it('gives the folder back and leaves nothing in it', async () => {
    const unlock = await lockHome(folder);
    await unlock();
    expect(await readdir(folder)).toEqual([]);
    await (await lockHome(folder))();
  });

  it('takes the folder over from a process that was killed', async () => {
    const first = await start();
    await lockIn(first);
    await first.kill('SIGKILL');
    expect(await readdir(folder)).toEqual(['lock.1']);
    const unlock = await lockHome(folder);
    await expect(lockHome(folder)).rejects.toMatchObject({ code: 'HOME_LOCKED' });
    await unlock();
  });

  it('is taken over by one of several processes that start at once', async () => {
    const dead = await start();
    const heirs = await Promise.all([start(), start(), start(), start()]);
    await lockIn(dead);
    await dead.kill('SIGKILL');
    const answers = await Promise.all(heirs.map(lockIn));
    expect(answers.filter(({ kind }) => kind === 'locked')).toHaveLength(1);
  });

  it('works in a folder whose path is too long for a socket', async () => {
    const deep = join(folder, 'x'.repeat(60), 'y'.repeat(60));
    await mkdir(deep, { recursive: true });
    const unlock = await lockHome(deep);
    await expect(lockHome(deep)).rejects.toMatchObject({ code: 'HOME_LOCKED', values: { pid: process.pid } });
    await unlock();
    await (await lockHome(deep))();
  });

  it('makes the folder', async () => {
    const unlock = await lockHome(join(folder, 'new', 'home'));
    expect(await readdir(join(folder, 'new', 'home'))).toEqual(['lock.1']);
    await unlock();
  });
});
