import { vi } from 'vitest';
import { runCommand } from '../../cli/program.ts';
import { tinyModel } from './tiny-model.ts';

export interface Said {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Run a command line in this process, which takes milliseconds where a process takes a second. */
export async function runInProcess(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Said> {
  const [stdout, stderr]: [string[], string[]] = [[], []];
  for (const [name, value] of Object.entries({ EASEL_MODEL: tinyModel('small'), ...env })) vi.stubEnv(name, value);
  try {
    const exitCode = await runCommand(args, {
      out: (line) => stdout.push(line),
      note: (line) => stderr.push(line),
      progress: () => {},
    });
    return { exitCode, stdout: stdout.join('\n'), stderr: stderr.join('\n') };
  } finally {
    vi.unstubAllEnvs();
  }
}
