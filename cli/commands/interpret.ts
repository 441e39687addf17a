import type { Command } from 'commander';
import type { InterpretOptions } from '../interpret.ts';
import type { Session } from '../session.ts';

export function addInterpret(program: Command, { io }: Session): void {
  program
    .command('interpret')
    .description('say what a request would do, without doing it')
    .argument('<text>', 'the request')
    .argument('[image...]', 'files; the first is image 1')
    .option('--json', 'print the interpretation as JSON')
    .action(async (text: string, files: readonly string[], options: InterpretOptions) => {
      const { interpret } = await import('../interpret.ts');
      await interpret({ text, files, ...options }, io);
    });
}
