import { createHash } from 'node:crypto';
import { readdir, realpath, rm } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { AppError } from '../../core/errors.ts';
import type { Stop } from '../../core/ports.ts';
import { hasCode, makeFolder } from './durable-file.ts';

/** What the holder answers to whoever connects. */
const holderSchema = z.object({ pid: z.int().positive() });
type Holder = z.infer<typeof holderSchema>;

/** `sun_path` holds 104 bytes on macOS and 108 on Linux, with the closing zero. */
const MAX_SOCKET_PATH_BYTES = 103;
/** Room for the number at the end of a lock's name. */
const NUMBER_BYTES = 10;
const ANSWER_TIMEOUT_MS = 2000;
/** Tries after two processes met and both stepped back. */
const MAX_TRIES = 5;
const STEP_BACK_MS = 200;
/** How file systems without sockets (some mounts of other systems' folders) refuse one. */
const NO_SOCKETS_HERE = ['ENOTSUP', 'EOPNOTSUPP', 'EPERM', 'EINVAL'];

/**
 * Open a home folder for this process alone. The lock is a listening Unix socket: the kernel closes it with the process,
 * whatever kills it, so nothing has to be guessed from process ids, and other containers on the same folder see it too.
 *
 * A dead socket cannot be replaced in one step, so none is: the next process listens under the next number, then looks at
 * all the others, and steps back when one lives. Of two that do so, the one that looks later sees the other, however long
 * each was held up in between.
 * @returns what gives the folder back.
 * @throws AppError HOME_LOCKED naming the process that holds it.
 */
export async function lockHome(folder: string): Promise<Stop> {
  await makeFolder(folder);
  const real = await realpath(folder);
  const [inside, outside] = [join(real, 'lock.'), prefixOutside(real)];
  if (Buffer.byteLength(inside) + NUMBER_BYTES > MAX_SOCKET_PATH_BYTES) return lockAt(outside, folder);
  try {
    return await lockAt(inside, folder);
  } catch (error) {
    if (NO_SOCKETS_HERE.some((code) => hasCode(error, code))) return lockAt(outside, folder);
    throw error;
  }
}

async function lockAt(prefix: string, folder: string): Promise<Stop> {
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.end(JSON.stringify({ pid: process.pid } satisfies Holder));
  });
  server.unref();

  for (let tries = 1; ; tries += 1) {
    const before = await listLocks(prefix);
    const holder = await findHolder(before);
    if (holder !== undefined) throw locked(folder, holder.pid);
    const own = { path: prefix + (Math.max(0, ...before.map(({ number }) => number)) + 1) };
    if (!(await listens(server, own.path))) continue;

    const others = (await listLocks(prefix)).filter(({ path }) => path !== own.path);
    const rival = await findHolder(others);
    if (rival === undefined) {
      for (const { path } of others) await rm(path, { force: true });
      // Node removes the socket's file when the server closes.
      return () => closeServer(server);
    }
    await closeServer(server);
    if (tries === MAX_TRIES) throw locked(folder, rival.pid);
    await wait(Math.random() * STEP_BACK_MS);
  }
}

interface Lock {
  readonly number: number;
  readonly path: string;
}

async function listLocks(prefix: string): Promise<readonly Lock[]> {
  const start = basename(prefix);
  const names = (await readdir(dirname(prefix))).filter((name) => name.startsWith(start));
  return names
    .map((name) => ({ number: Number(name.slice(start.length)), path: join(dirname(prefix), name) }))
    .filter(({ number }) => Number.isSafeInteger(number));
}

async function findHolder(locks: readonly Lock[]): Promise<Holder | undefined> {
  const holders = await Promise.all(locks.map(({ path }) => askHolder(path)));
  return holders.find((holder) => holder !== undefined);
}

/** For folders whose path is too long or whose file system has no sockets. */
function prefixOutside(folder: string): string {
  return join(tmpdir(), `easel-${createHash('sha256').update(folder).digest('hex').slice(0, 24)}.`);
}

function listens(server: Server, path: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const failed = (error: Error) => {
      if (hasCode(error, 'EADDRINUSE')) resolve(false);
      else reject(error);
    };
    server.once('error', failed);
    server.listen(path, () => {
      server.off('error', failed);
      resolve(true);
    });
  });
}

/** @returns undefined when nobody listens. A holder that does not answer in time still holds. */
function askHolder(path: string): Promise<Holder | undefined> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    let answer = '';
    const unknown: Holder = { pid: 0 };
    socket.setTimeout(ANSWER_TIMEOUT_MS, () => {
      socket.destroy();
      resolve(unknown);
    });
    socket.setEncoding('utf8');
    socket.on('data', (part: string) => {
      answer += part;
    });
    socket.on('end', () => resolve(parseHolder(answer) ?? unknown));
    socket.on('error', (error) => {
      if (hasCode(error, 'ECONNREFUSED') || hasCode(error, 'ENOENT')) resolve(undefined);
      else if (hasCode(error, 'ECONNRESET') || hasCode(error, 'EAGAIN')) resolve(unknown);
      else reject(error);
    });
  });
}

function parseHolder(answer: string): Holder | undefined {
  try {
    return holderSchema.parse(JSON.parse(answer));
  } catch {
    // Something else listens there, or it is closing: it holds the path all the same.
    return undefined;
  }
}

function locked(folder: string, pid: number): AppError<'HOME_LOCKED'> {
  return new AppError('HOME_LOCKED', {
    folder,
    pid: pid === 0 ? 'unknown' : pid,
  });
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}
