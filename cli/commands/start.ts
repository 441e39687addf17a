import type { Command } from 'commander';
import type { Session } from '../session.ts';

export function addStart(program: Command, session: Session): void {
  program
    .command('start')
    .description(
      'web chat, queue, engine and every bot that has a token, in one process; open the address that it prints',
    )
    .action(async () => {
      const { serve } = await import('../serve.ts');
      const roles = { web: true, work: true, bots: ['discord', 'slack'] } as const;
      session.exitCode = await serve({ name: 'start', roles, isWhole: true }, session.io);
    });
}
