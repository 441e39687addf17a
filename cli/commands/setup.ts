import { Argument, type Command } from 'commander';
import type { Session } from '../session.ts';

export function addSetup(program: Command, session: Session): void {
  program
    .command('setup')
    .description('ask where pictures come from, make one there, and write the answers to .env')
    .addArgument(new Argument('[step]', 'only this: make a picture with the settings as they are').choices(['test']))
    .action(async (step: 'test' | undefined) => {
      const { processSetup, setup, setupTest } = await import('../setup/setup.ts');
      const deps = processSetup(session.io);
      if (step === 'test') await setupTest(deps);
      else session.exitCode = await setup(deps);
    });
}
