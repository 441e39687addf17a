import type { Command } from 'commander';
import type { Session } from '../session.ts';

export function addDoctor(program: Command, session: Session): void {
  program
    .command('doctor')
    .description('check what Easel needs here and say how to mend it; exit code 2 when something is wrong')
    .option('--json', 'print the findings as JSON')
    .action(async ({ json }: { readonly json?: boolean }) => {
      const { doctor } = await import('../doctor.ts');
      session.exitCode = await doctor({ json: json === true }, session.io);
    });
}
