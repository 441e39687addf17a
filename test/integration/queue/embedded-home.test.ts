import { mkdtemp, readdir, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { conversationIdSchema, interpretJobId, turnIdSchema } from '../../../core/ids.ts';
import type { JobRun } from '../../../core/ports.ts';
import { type Backend, openBackend } from '../../../queue/open-backend.ts';
import { startChild, type TestChild } from '../../support/child-process.ts';
import { createManualClock } from '../../support/fakes/clock.ts';
import { createMemoryLogger } from '../../support/fakes/logger.ts';

const workingSchema = z.object({
  kind: z.literal('working'),
  conversationId: conversationIdSchema,
  turnId: turnIdSchema,
});
const saidSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('open') }),
  workingSchema,
  z.object({ kind: z.literal('refused'), code: z.string(), values: z.record(z.string(), z.unknown()) }),
]);
type Said = z.infer<typeof saidSchema>;
type Working = z.infer<typeof workingSchema>;

/** One home through its life, in order: the first database takes seconds to make. */
describe('the embedded home', { timeout: 120_000, shuffle: false }, () => {
  let folder: string;
  let killed: Working;
  const logger = createMemoryLogger();
  const children: TestChild<Said>[] = [];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'easel-home-'));
  });
  afterAll(async () => {
    for (const child of children) await child.kill('SIGKILL');
    await rm(folder, { recursive: true });
  });

  function start(): TestChild<Said> {
    const script = new URL('../../support/children/home-child.ts', import.meta.url);
    const child = startChild(script, [folder], (message) => saidSchema.parse(message));
    children.push(child);
    return child;
  }

  function open(): Promise<Backend> {
    const config = { home: folder, redisUrl: undefined, databaseUrl: undefined, blobUrl: undefined };
    return openBackend(config, { logger, clock: createManualClock() });
  }

  /** Serve the queue until a job came, end it, and close. */
  async function firstRun(backend: Backend): Promise<JobRun> {
    const runs: JobRun[] = [];
    await backend.jobs.work('interpret', async (run) => void runs.push(run));
    await vi.waitFor(() => expect(runs).toHaveLength(1), { timeout: 5000, interval: 10 });
    const [run] = runs;
    if (run === undefined) throw new Error('no job came');
    return run;
  }

  it('refuses a second process while the first is in the middle of a job', async () => {
    const child = start();
    killed = await child.says((said) => said.kind === 'working');
    await expect(open()).rejects.toMatchObject({ code: 'HOME_LOCKED', values: { folder, pid: child.pid } });
    await child.kill('SIGKILL');
  });

  it('has document and job of a killed process, and begins the job again at once', async () => {
    const backend = await open();
    const { conversationId, turnId } = killed;
    expect(await backend.documents.listUnfinished()).toEqual([conversationId]);
    const run = await firstRun(backend);
    expect(run).toMatchObject({ id: interpretJobId(turnId), input: { conversationId, turnId }, attempt: 2 });
    await backend.close();
  });

  it('opens again after it was closed, and closing twice is harmless', async () => {
    const backend = await open();
    const { conversationId, turnId } = killed;
    await backend.jobs.add('interpret', interpretJobId(turnId), { conversationId, turnId });
    await backend.close();
    await backend.close();
    const again = await open();
    expect(await again.jobs.state('interpret', interpretJobId(turnId))).toEqual({ kind: 'waiting', position: 0 });
    await again.close();
    expect(logger.lines.filter(({ level }) => level === 'error')).toEqual([]);
  });

  it('moves a database that cannot be opened aside, says so, and keeps the documents', async () => {
    await truncate(join(folder, 'queue', 'database', 'global', 'pg_control'), 100);
    const backend = await open();
    const { conversationId, turnId } = killed;
    expect(logger.lines).toContainEqual(
      expect.objectContaining({
        level: 'error',
        fields: expect.objectContaining({ event: 'embedded-database-unreadable' }),
      }),
    );
    const names = await readdir(join(folder, 'queue'));
    expect(names.filter((name) => name.startsWith('database-unreadable-'))).toHaveLength(1);
    expect(await backend.documents.listUnfinished()).toEqual([conversationId]);
    expect(await backend.jobs.state('interpret', interpretJobId(turnId))).toEqual({ kind: 'absent' });
    await backend.jobs.add('interpret', interpretJobId(turnId), { conversationId, turnId });
    expect((await firstRun(backend)).attempt).toBe(1);
    await backend.close();
  });
});
