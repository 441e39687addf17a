import type { Command } from 'commander';
import type { Session } from '../session.ts';

export function addWeb(program: Command, session: Session): void {
  program
    .command('web')
    .description('the web chat alone; needs REDIS_URL or DATABASE_URL, and workers beside it')
    .action(async () => {
      const { serve } = await import('../serve.ts');
      const roles = { web: true, work: false };
      session.exitCode = await serve({ name: 'web', roles, isWhole: false }, session.io);
    });
}
