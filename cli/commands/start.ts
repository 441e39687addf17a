import type { Command } from 'commander';
import type { Session } from '../session.ts';

export function addStart(program: Command, session: Session): void {
  program
    .command('start')
    .description('web chat, queue and engine in one process; open the address that it prints')
    .action(async () => {
      const { serve } = await import('../serve.ts');
      const roles = { web: true, work: true };
      session.exitCode = await serve({ name: 'start', roles, isWhole: true }, session.io);
    });
}
