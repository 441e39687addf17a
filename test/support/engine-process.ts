import { execFileSync } from 'node:child_process';

const ENGINE = /inference\/runtime\/child\.[jt]s/;

/** Stop the engine of a running Easel where it is, as if its picture took very long; or let it go on.
 * @param easel process id of the command, whose child the engine is. */
export function signalEngine(easel: number, signal: 'SIGSTOP' | 'SIGCONT'): void {
  for (const line of execFileSync('ps', ['-A', '-o', 'pid=', '-o', 'ppid=', '-o', 'args='], { encoding: 'utf8' }).split(
    '\n',
  )) {
    const [pid, parent, ...words] = line.trim().split(/\s+/);
    if (Number(parent) === easel && ENGINE.test(words.join(' '))) process.kill(Number(pid), signal);
  }
}
