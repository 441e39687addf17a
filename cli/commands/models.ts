import type { Command } from 'commander';
import type { Session } from '../session.ts';

export function addModels(program: Command, session: Session): void {
  const models = program
    .command('models')
    .description('list the engines that make pictures; with check, look at a model folder')
    .option('--json', 'print them as JSON')
    .action(async ({ json }: { readonly json?: boolean }) => {
      const { listEngines } = await import('../list-engines.ts');
      await listEngines({ json: json === true }, session.io);
    });
  models
    .command('check')
    .description(
      'check every file of a model folder: configs, tensors, tokenizers, LoRAs; exit code 2 when it cannot be used',
    )
    .argument('[folder]', 'default: EASEL_MODEL')
    .option('--json', 'print the findings as JSON')
    .action(async (folder: string | undefined, _options: object, command: Command) => {
      // The command above knows --json too and takes it.
      const { json } = command.optsWithGlobals<{ readonly json?: boolean }>();
      const { checkModel } = await import('../check-model.ts');
      session.exitCode = checkModel({ folder, json: json === true }, session.io);
    });
}
