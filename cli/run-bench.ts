import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT, type ExitCode, UsageError } from './failure.ts';
import { PACKAGE_FOLDER } from './files.ts';

const BENCH_FOLDER = join(PACKAGE_FOLDER, 'bench');

/** Run `bench/NAME/main.ts` in a process of its own, so that nothing of this one is measured. */
export async function runBench(name: string, options: readonly string[]): Promise<ExitCode> {
  if (!listBenches().includes(name)) throw new UsageError(unknownBench(name));
  const main = join(BENCH_FOLDER, name, 'main.ts');
  const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), main, ...options], {
    stdio: 'inherit',
  });
  const [code] = await once(child, 'exit');
  return code === 0 ? EXIT.done : EXIT.failed;
}

function unknownBench(name: string): string {
  const names = listBenches();
  const known = names.length === 0 ? 'there are none' : `there are: ${names.join(', ')}`;
  return `There is no benchmark ${name}; ${known}.`;
}

function listBenches(): readonly string[] {
  if (!existsSync(BENCH_FOLDER)) return [];
  return readdirSync(BENCH_FOLDER).filter((name) => existsSync(join(BENCH_FOLDER, name, 'main.ts')));
}
