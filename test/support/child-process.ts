import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** A process of our own TypeScript that talks in JSON messages. */
export interface TestChild<Said> {
  readonly pid: number;
  send(message: object): void;
  /** The first message, past or to come, that fits. @throws when the process ends without it. */
  says<S extends Said>(fits: (message: Said) => message is S): Promise<S>;
  /** Call for every message from now on. */
  onMessage(listener: (message: Said) => void): void;
  kill(signal: NodeJS.Signals): Promise<void>;
  readonly ended: Promise<number | null>;
  /** The end of what it wrote to standard error. */
  complaints(): string;
}

/**
 * @param script beside the test support's `children`.
 * @param env beside this process's own.
 * @param parse of a message: the child is another process, whatever we know of its source.
 */
export function startChild<Said>(
  script: URL,
  args: readonly string[],
  parse: (message: unknown) => Said,
  env: Readonly<Record<string, string>> = {},
): TestChild<Said> {
  const child: ChildProcess = fork(fileURLToPath(script), [...args], {
    execArgv: ['--import', 'tsx'],
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const killWithParent = () => child.kill('SIGKILL');
  process.once('exit', killWithParent);
  const said: Said[] = [];
  const listeners = new Set<(message: Said) => void>();
  let complaints = '';
  child.stderr?.on('data', (part: Buffer) => {
    complaints = (complaints + part.toString()).slice(-4000);
  });
  child.on('message', (message) => {
    const parsed = parse(message);
    said.push(parsed);
    for (const listener of listeners) listener(parsed);
  });
  const ended = once(child, 'exit').then(([code]) => {
    process.off('exit', killWithParent);
    return typeof code === 'number' ? code : null;
  });

  return {
    pid: child.pid ?? 0,
    ended,
    complaints: () => complaints,
    // A process that was killed a moment ago hears nothing, which is what killing means.
    send: (message) => void (child.connected && child.send(message)),
    onMessage: (listener) => void listeners.add(listener),
    async says<S extends Said>(fits: (message: Said) => message is S) {
      const already = said.find(fits);
      if (already !== undefined) return already;
      const later = new Promise<S>((resolve) => {
        listeners.add((message) => {
          if (fits(message)) resolve(message);
        });
      });
      const end = ended.then((code): never => {
        throw new Error(`the process ended with ${code} before it said so:\n${complaints}`);
      });
      return Promise.race([later, end]);
    },
    async kill(signal) {
      child.kill(signal);
      await ended;
    },
  };
}
