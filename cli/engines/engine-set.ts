import type { Config } from '../../core/config.ts';
import type { EngineRoute, EngineSettings } from '../../core/engine-choice.ts';
import { AppError } from '../../core/errors.ts';
import type { BudgetRules } from '../../core/spending.ts';
import type { ReadyEngine } from '../../queue/inference/image-engine.ts';
import { type EnginePlan, planOf, planOfFileEngine } from './engine-options.ts';
import { type EnginesFile, readEnginesFile } from './engines-file.ts';
import { makeEngine } from './open-engine.ts';

/** Every engine that requests may choose here; nothing is opened or asked yet. */
export interface EngineSet {
  /** The default one first. */
  readonly engines: readonly [ReadyEngine, ...(readonly ReadyEngine[])];
  readonly settings: EngineSettings;
  readonly budget: BudgetRules | undefined;
  /** By id or kind. @throws AppError ENGINE_UNKNOWN */
  find(name: string): ReadyEngine;
  dispose(): Promise<void>;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The engines of the environment and of EASEL_ENGINES_FILE. @throws AppError CONFIG_INVALID, MODEL_INVALID */
export function openEngineSet(config: Config, env: Environment = process.env): EngineSet {
  const file = readEnginesFile(config.engine.file);
  const plans = [
    ...plansOfEnvironment(config, file),
    ...file.engines.map((each) => planOfFileEngine(each, file.folder, env)),
  ];
  const entries = plans.map((plan): Entry => ({ ...plan, engine: makeEngine(plan.options) }));
  const ids = entries.map(({ engine }) => engine.description.id);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined) throw invalid(`two engines have the id ${twice}`);

  const first = entryOf(file.default ?? config.engine.kind, entries, 'default');
  const others = entries.filter((entry) => entry !== first);
  const idOf = (name: string, where: string) => entryOf(name, entries, where).engine.description.id;
  const prices = Object.fromEntries(Object.entries(file.prices).map(([name, price]) => [idOf(name, 'prices'), price]));
  const routeOf = ({ engine, price }: Entry): EngineRoute => {
    const { id, maxImages, model } = engine.description;
    const known = prices[id] ?? price;
    return { id, maxImages, model, ...(known === undefined ? {} : { price: known }) };
  };
  const routes = entries.map(routeOf);
  checkBudget(file, entries, routes);
  return {
    engines: [first.engine, ...others.map(({ engine }) => engine)],
    settings: {
      engine: routeOf(first),
      engines: {
        others: others.map(routeOf),
        ofPlace: Object.fromEntries(Object.entries(file.places).map(([place, name]) => [place, idOf(name, 'places')])),
        fallback: [...config.engine.fallback, ...file.fallback].map((name) => idOf(name, 'fallback')),
      },
    },
    budget: budgetOf(file),
    find(name) {
      const found = entries.find(({ kind, engine }) => engine.description.id === name || kind === name);
      if (found === undefined) throw new AppError('ENGINE_UNKNOWN', { engine: name, engines: ids.join(', ') });
      return found.engine;
    },
    async dispose() {
      await Promise.all(entries.map(({ engine }) => engine.dispose()));
    },
  };
}

/** Whether the model folder of this machine is one of the engines. @throws AppError CONFIG_INVALID */
export function usesModelFolder(config: Config): boolean {
  return plansOfEnvironment(config, readEnginesFile(config.engine.file)).some(({ kind }) => kind === 'local');
}

type Entry = EnginePlan & { readonly engine: ReadyEngine };

/** The kinds that the environment, or the file by its kind, names. A file with a default of its own needs none. */
function plansOfEnvironment(config: Config, file: EnginesFile): readonly EnginePlan[] {
  const { kind, others, fallback } = config.engine;
  const byFile = [file.default, ...file.fallback, ...Object.values(file.places)];
  const kinds = new Set([...(file.default === undefined ? [kind] : []), ...others, ...fallback]);
  if (byFile.includes('local')) kinds.add('local');
  return [...kinds].map((each) => planOf(each, config));
}

function entryOf(name: string, entries: readonly Entry[], where: string): Entry {
  const entry =
    entries.find(({ engine }) => engine.description.id === name) ?? entries.find(({ kind }) => kind === name);
  if (entry === undefined) throw invalid(`${where}: there is no engine ${name}`);
  return entry;
}

/** What is counted must have a price, in one currency. */
function checkBudget({ budget }: EnginesFile, entries: readonly Entry[], routes: readonly EngineRoute[]): void {
  if (budget === undefined) return;
  for (const [index, { kind }] of entries.entries()) {
    const { id, price } = routes[index] ?? { id: '' };
    if (price === undefined && (kind === 'openai-images' || kind === 'gemini')) {
      throw invalid(`prices: the budget needs a price for ${id}; 0 where it costs nothing`);
    }
    if (price !== undefined && price.currency !== budget.currency) {
      throw invalid(`prices: ${id} costs ${price.currency}, but the budget is in ${budget.currency}`);
    }
  }
}

function budgetOf({ budget }: EnginesFile): BudgetRules | undefined {
  if (budget === undefined) return undefined;
  const { currency, person, place } = budget;
  return { currency, ...(person === undefined ? {} : { person }), ...(place === undefined ? {} : { place }) };
}

function invalid(problem: string): AppError<'CONFIG_INVALID'> {
  return new AppError('CONFIG_INVALID', { problems: `EASEL_ENGINES_FILE: ${problem}` });
}
