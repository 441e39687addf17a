import type { Command } from 'commander';
import type { Session } from '../session.ts';

export function addWorker(program: Command, session: Session): void {
  program
    .command('worker')
    .description('interpret and render for the other processes; needs REDIS_URL or DATABASE_URL')
    .action(async () => {
      const { serve } = await import('../serve.ts');
      const roles = { web: false, work: true };
      session.exitCode = await serve({ name: 'worker', roles, isWhole: false }, session.io);
    });
}
