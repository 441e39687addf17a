import type { Command } from 'commander';
import type { Session } from '../session.ts';

export function addDiscord(program: Command, session: Session): void {
  program
    .command('discord')
    .description('the Discord bot alone; needs DISCORD_TOKEN, REDIS_URL or DATABASE_URL, and workers beside it')
    .action(async () => {
      const { serve } = await import('../serve.ts');
      const roles = { web: false, work: false, bots: ['discord'] } as const;
      session.exitCode = await serve({ name: 'discord', roles, isWhole: false }, session.io);
    });
}
