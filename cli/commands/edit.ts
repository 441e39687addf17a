import { type Command, Option } from 'commander';
import { MAX_SEED, wholeNumber } from '../arguments.ts';
import type { EditOptions } from '../edit.ts';
import type { Session } from '../session.ts';

export function addEdit(program: Command, { io }: Session): void {
  program
    .command('edit')
    .description('say what to do with numbered images, get one picture; no queue')
    .argument('<text>', 'for example "Give the bag in image 1 the pattern of the dress in image 2"')
    .argument('[image...]', 'files; the first is image 1')
    .requiredOption('-o, --output <file>', 'PNG to write')
    .addOption(
      new Option('--mode <mode>', 'how to read the text').choices(['auto', 'edit', 'generate']).default('auto'),
    )
    .option('--seed <number>', 'same seed, same picture', wholeNumber(0, MAX_SEED))
    .option('--steps <number>', "denoising steps; default: the model's", wholeNumber(1, 200))
    .option('--engine <name>', 'which engine makes it; `easel models` lists them')
    .option('--json', 'print how the picture was made')
    .action(async (text: string, files: readonly string[], options: EditOptions) => {
      const { edit } = await import('../edit.ts');
      await edit({ text, files, ...options }, io);
    });
}
