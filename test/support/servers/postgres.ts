import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { findProgram, versionsIn } from './find-program.ts';
import { freePort, spawnServer } from './spawn-server.ts';

export interface PostgresServer {
  readonly url: string;
  stop(): Promise<void>;
}

const DEBIAN = '/usr/lib/postgresql';

export const postgresProgram = findProgram(
  'initdb',
  versionsIn(DEBIAN).map((version) => join(DEBIAN, version, 'bin')),
);

/** An empty PostgreSQL of one's own, on a loopback port. It refuses to run as root, so root lends it another user. */
export async function startPostgres(): Promise<PostgresServer> {
  if ('missing' in postgresProgram) throw new Error(postgresProgram.missing);
  const bin = dirname(postgresProgram.program);
  const folder = await mkdtemp(join(tmpdir(), 'easel-postgres-'));
  const user = process.getuid?.() === 0 ? unprivilegedUser() : undefined;
  if (user !== undefined) await chown(folder, user.uid, user.gid);
  const options = { ...user, cwd: folder };
  await promisify(execFile)(
    join(bin, 'initdb'),
    ['-D', join(folder, 'data'), '-U', 'easel', '--auth=trust', '--no-sync', '-E', 'UTF8', '--locale=C'],
    options,
  );
  const port = await freePort();
  const args = ['-D', join(folder, 'data'), '-p', String(port), '-h', '127.0.0.1', '-k', folder, '-c', 'fsync=off'];
  const server = await spawnServer(join(bin, 'postgres'), args, /ready to accept connections/, options);
  return {
    url: `postgres://easel@127.0.0.1:${port}/postgres`,
    async stop() {
      // SIGINT: fast shutdown, without waiting for clients.
      await server.kill('SIGINT');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function unprivilegedUser(): { readonly uid: number; readonly gid: number } {
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const [, , uid, gid] = users.find(([name]) => name === 'postgres') ?? users.find(([name]) => name === 'nobody') ?? [];
  if (uid === undefined || gid === undefined) throw new Error('there is no user that PostgreSQL could run as');
  return { uid: Number(uid), gid: Number(gid) };
}
