import type { Command } from 'commander';
import type { Session } from '../session.ts';

export function addModels(program: Command, session: Session): void {
  program
    .command('models')
    .description('model folders')
    .command('check')
    .description(
      'check every file of a model folder: configs, tensors, tokenizers, LoRAs; exit code 2 when it cannot be used',
    )
    .argument('[folder]', 'default: EASEL_MODEL')
    .option('--json', 'print the findings as JSON')
    .action(async (folder: string | undefined, { json }: { readonly json?: boolean }) => {
      const { checkModel } = await import('../check-model.ts');
      session.exitCode = checkModel({ folder, json: json === true }, session.io);
    });
}
