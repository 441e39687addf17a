import type { Command } from 'commander';
import type { Session } from '../session.ts';

export function addBench(program: Command, session: Session): void {
  program
    .command('bench')
    .description('measure: a table, files under bench/out/, and one line of JSON as the last line')
    .argument('<name>', 'which benchmark')
    .argument('[options...]', 'options of the benchmark')
    .allowUnknownOption()
    .helpOption(false)
    .action(async (name: string, options: readonly string[]) => {
      const { runBench } = await import('../run-bench.ts');
      session.exitCode = await runBench(name, options);
    });
}
