import type { Command } from 'commander';
import type { Session } from '../session.ts';

export function addSlack(program: Command, session: Session): void {
  program
    .command('slack')
    .description('the Slack bot alone; needs SLACK_BOT_TOKEN, REDIS_URL or DATABASE_URL, and workers beside it')
    .action(async () => {
      const { serve } = await import('../serve.ts');
      const roles = { web: false, work: false, bots: ['slack'] } as const;
      session.exitCode = await serve({ name: 'slack', roles, isWhole: false }, session.io);
    });
}
