import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { tinyModel } from './tiny-model.ts';

const BIN = fileURLToPath(new URL('../../cli/bin.mjs', import.meta.url));

/** Quiet, on a free port, and untouched by the settings of whoever runs the tests. */
const DEFAULTS = { EASEL_LOG_LEVEL: 'silent', PORT: '0', EASEL_ENV_FILE: '/dev/null' };

export type Environment = Readonly<Record<string, string>>;

export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: Environment;
  /** Of another installation. Default: this one's. */
  readonly bin?: string;
}

export interface CommandResult {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningCommand {
  readonly child: ChildProcess;
  /** What it has said so far. */
  said(): CommandResult;
  /** Resolves with the first match of what it prints. @throws Error with everything said, when it ends before. */
  says(pattern: RegExp): Promise<RegExpExecArray>;
  ended(): Promise<CommandResult>;
}

/** Run the command line as people do, on a tiny random model, and wait for its end. */
export function runEasel(args: readonly string[], options: CommandOptions = {}) {
  return spawnEasel(args, options).ended();
}

/** A command that goes on. It ends with the test process at the latest. */
export function spawnEasel(
  args: readonly string[],
  { cwd = process.cwd(), env = {}, bin = BIN }: CommandOptions = {},
): RunningCommand {
  const child = spawn(process.execPath, [bin, ...args], {
    cwd,
    env: { PATH: process.env['PATH'], ...DEFAULTS, EASEL_MODEL: tinyModel('small'), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const killWithParent = () => child.kill('SIGKILL');
  process.once('exit', killWithParent);
  const said = { stdout: '', stderr: '' };
  const closed = once(child, 'close');
  void closed.then(() => process.off('exit', killWithParent));
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (part: string) => {
      said[name] += part;
    });
  }
  const result = (): CommandResult => ({ exitCode: child.exitCode, ...said });

  return {
    child,
    said: result,
    says: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const match = pattern.exec(`${said.stdout}\n${said.stderr}`);
          if (match !== null) resolve(match);
        };
        child.stdout?.on('data', look);
        child.stderr?.on('data', look);
        void closed.then(() => {
          look();
          reject(new Error(`the command ended with ${child.exitCode}:\n${said.stdout}\n${said.stderr}`));
        });
        look();
      }),
    async ended() {
      await closed;
      return result();
    },
  };
}
