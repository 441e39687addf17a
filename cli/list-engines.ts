import { loadConfig } from '../core/config.ts';
import { costOf, formatCost } from '../core/money.ts';
import type { EngineDescription } from '../core/ports.ts';
import { openEngineSet } from './engines/engine-set.ts';
import type { Io } from './io.ts';
import { texts } from './texts.ts';

/** Print the engines that requests may choose, the default one first, with what each really has. Nothing is opened or asked. */
export async function listEngines({ json }: { readonly json: boolean }, io: Io): Promise<void> {
  const set = openEngineSet(loadConfig(process.env));
  const { engine, engines: routes } = set.settings;
  const all = [engine, ...(routes?.others ?? [])];
  const rows = set.engines.map(({ description }) => {
    const price = all.find(({ id }) => id === description.id)?.price;
    return { ...description, ...(price === undefined ? {} : { price }), isDefault: description.id === engine.id };
  });
  await set.dispose();
  const fallback = routes?.fallback ?? [];
  if (json) return io.out(JSON.stringify({ engines: rows, fallback }));
  for (const { isDefault, price, ...row } of rows) {
    io.out(`${row.id}${isDefault ? ' (default)' : ''}: ${row.model}`);
    const cost = costOf(price, 1);
    const edit = cost === undefined ? '' : ` · an edit of one image costs about ${formatCost(cost, texts.language)}`;
    io.out(`  up to ${row.maxImages} images · ${featuresOf(row)}${edit}`);
    io.out(`  licence: ${row.licence}`);
  }
  if (fallback.length > 0) io.out(`When one fails: ${fallback.join(', then ')}.`);
}

function featuresOf({ defaultSteps, seed, progress, previews, cancel }: EngineDescription): string {
  const features = [
    defaultSteps === null ? 'no choice of steps' : `${defaultSteps} steps`,
    seed ? 'same seed, same picture' : 'no seed',
    progress ? (previews ? 'progress with previews' : 'progress') : 'no progress',
    cancel ? 'can be stopped' : 'cannot be stopped once asked',
  ];
  return features.join(' · ');
}
