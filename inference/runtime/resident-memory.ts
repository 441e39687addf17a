import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/** Resident memory of another process, weights that are mapped from files included.
 * @returns bytes; undefined when the process is gone. */
export async function residentBytes(pid: number): Promise<number | undefined> {
  const text = process.platform === 'linux' ? await readStatus(pid) : await askPs(pid);
  const kilobytes = /(\d+)/.exec(text)?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
}

async function readStatus(pid: number): Promise<string> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return /^VmRSS:.*$/m.exec(status)?.[0] ?? '';
}

async function askPs(pid: number): Promise<string> {
  const answer = await promisify(execFile)('ps', ['-o', 'rss=', '-p', String(pid)]).catch(() => undefined);
  return answer?.stdout ?? '';
}
