import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { createLogger } from '../../core/logger.ts';
import { openBackend } from '../../queue/open-backend.ts';
import { type Environment, type RunningCommand, spawnEasel } from './easel-command.ts';

export interface EaselRuns {
  /** The home of the test that runs: a folder on which Easel has run, as making its database takes longer than the rest. */
  home(): string;
  /** Start a command on it; killed after the test at the latest. */
  start(role?: string, env?: Environment): RunningCommand;
  /** Ask all that were started to stop, as service managers do. */
  stopAll(): Promise<void>;
}

/** Commands that go on, each test of the file on a home of its own. */
export function useEaselRuns(): EaselRuns {
  let used: string;
  let home: string;
  let running: RunningCommand[];
  beforeAll(async () => {
    used = await mkdtemp(join(tmpdir(), 'easel-used-'));
    const config = { home: used, redisUrl: undefined, databaseUrl: undefined, blobUrl: undefined };
    const backend = await openBackend(config, { logger: createLogger('silent'), clock: { now: Date.now } });
    await backend.close();
  }, 120_000);
  afterAll(() => rm(used, { recursive: true }));
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'easel-run-'));
    await cp(used, home, { recursive: true });
    running = [];
  });
  afterEach(async () => {
    for (const command of running) {
      command.child.kill('SIGKILL');
      await command.ended();
    }
    await rm(home, { recursive: true });
  });
  return {
    home: () => home,
    start(role = 'start', env = {}) {
      const command = spawnEasel([role], { env: { EASEL_HOME: home, ...env } });
      running.push(command);
      return command;
    },
    async stopAll() {
      for (const { child, ended } of running) {
        child.kill('SIGTERM');
        await ended();
      }
    },
  };
}

/** The address that a started web chat prints. */
export async function addressOf(command: RunningCommand): Promise<string> {
  const [, url = ''] = await command.says(/^Easel {2}(http:\S+)$/m);
  return url;
}
