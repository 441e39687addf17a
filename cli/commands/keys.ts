import type { Command } from 'commander';
import { wholeNumber } from '../arguments.ts';
import type { NewKeyOptions } from '../keys.ts';
import type { Session } from '../session.ts';

const MOST = 1_000_000;

export function addKeys(program: Command, { io }: Session): void {
  const keys = program.command('keys').description('keys of the HTTP API; it is off until there is one');
  keys
    .command('create')
    .description('make a key and print it: the only time that it is shown')
    .argument('<name>', 'who uses it, for example open-webui')
    .option('--per-day <pictures>', 'pictures that it may ask for on one day (UTC); default: 500', wholeNumber(1, MOST))
    .option('--at-once <requests>', 'requests that may be unfinished at once; default: 4', wholeNumber(1, MOST))
    .action(async (name: string, options: NewKeyOptions) => {
      const { createKey } = await import('../keys.ts');
      await createKey(name, options, io);
    });
  keys
    .command('list')
    .description('list the keys and what they may use')
    .option('--json', 'print them as JSON')
    .action(async ({ json }: { readonly json?: boolean }) => {
      const { listKeys } = await import('../keys.ts');
      await listKeys({ json: json === true }, io);
    });
  keys
    .command('revoke')
    .description('end a key at once; what it asked for before is still made')
    .argument('<name>', 'its name or id')
    .action(async (name: string) => {
      const { revokeKey } = await import('../keys.ts');
      await revokeKey(name, io);
    });
}
