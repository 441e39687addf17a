import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findProgram } from './find-program.ts';
import { freePort, spawnServer } from './spawn-server.ts';

export interface RedisServer {
  readonly url: string;
  stop(): Promise<void>;
}

export const redisProgram = findProgram('redis-server');

/** An empty Redis of one's own that keeps nothing on disk. */
export async function startRedis(port?: number): Promise<RedisServer> {
  if ('missing' in redisProgram) throw new Error(redisProgram.missing);
  const folder = await mkdtemp(join(tmpdir(), 'easel-redis-'));
  const chosen = port ?? (await freePort());
  const args = ['--port', String(chosen), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', folder];
  const server = await spawnServer(redisProgram.program, args, /Ready to accept connections/);
  return {
    url: `redis://127.0.0.1:${chosen}`,
    async stop() {
      // It keeps nothing, and while it begins an append-only file it takes no other signal.
      await server.kill('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    },
  };
}
