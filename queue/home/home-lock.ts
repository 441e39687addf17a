import { createHash, randomUUID } from 'node:crypto';
import { realpath, rm } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { AppError } from '../../core/errors.ts';
import type { Stop } from '../../core/ports.ts';
import { hasCode, makeFolder } from './durable-file.ts';

/** What the holder answers to whoever connects. */
const holderSchema = z.object({ pid: z.int().positive(), token: z.string() });
type Holder = z.infer<typeof holderSchema>;

/** `sun_path` holds 104 bytes on macOS and 108 on Linux, with the closing zero. */
const MAX_SOCKET_PATH_BYTES = 103;
/** Longer than another process needs between finding a dead socket and removing it. */
const TAKEOVER_SETTLE_MS = 150;
const ANSWER_TIMEOUT_MS = 2000;
/** How file systems without sockets (some mounts of other systems' folders) refuse one. */
const NO_SOCKETS_HERE = ['ENOTSUP', 'EOPNOTSUPP', 'EPERM', 'EINVAL'];

/**
 * Open a home folder for this process alone. The lock is a listening Unix socket: the kernel closes it with the process,
 * whatever kills it, so nothing has to be guessed from process ids, and other containers on the same folder see it too.
 * @returns what gives the folder back.
 * @throws AppError HOME_LOCKED naming the process that holds it.
 */
export async function lockHome(folder: string): Promise<Stop> {
  await makeFolder(folder);
  const real = await realpath(folder);
  const [inside, outside] = [join(real, 'lock'), pathOutside(real)];
  if (Buffer.byteLength(inside) > MAX_SOCKET_PATH_BYTES) return lockAt(outside, folder);
  try {
    return await lockAt(inside, folder);
  } catch (error) {
    if (NO_SOCKETS_HERE.some((code) => hasCode(error, code))) return lockAt(outside, folder);
    throw error;
  }
}

async function lockAt(path: string, folder: string): Promise<Stop> {
  const token = randomUUID();
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.end(JSON.stringify({ pid: process.pid, token } satisfies Holder));
  });
  server.unref();

  if (!(await listens(server, path))) {
    const holder = await askHolder(path);
    if (holder !== undefined) throw locked(folder, holder.pid);
    // Nobody listens: its process was killed. Two processes may find that at once; the later one unlinks the earlier
    // one's socket, so whoever no longer answers under the path after a moment has lost.
    await rm(path, { force: true });
    if (!(await listens(server, path))) throw locked(folder, (await askHolder(path))?.pid ?? 0);
    await wait(TAKEOVER_SETTLE_MS);
    const winner = await askHolder(path);
    if (winner?.token !== token) {
      await closeServer(server);
      throw locked(folder, winner?.pid ?? 0);
    }
  }
  // Node removes the socket's file when the server closes.
  return () => closeServer(server);
}

/** For folders whose path is too long or whose file system has no sockets. */
function pathOutside(folder: string): string {
  return join(tmpdir(), `easel-${createHash('sha256').update(folder).digest('hex').slice(0, 24)}`);
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
    const unknown: Holder = { pid: 0, token: '' };
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
