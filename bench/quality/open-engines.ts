import { openEngineSet } from '../../cli/engines/engine-set.ts';
import { readEnginesFile } from '../../cli/engines/engines-file.ts';
import { loadConfig } from '../../core/config.ts';
import { ENGINE_KINDS } from '../../core/environment.ts';
import { isAppError } from '../../core/errors.ts';
import type { ReadyEngine } from '../../queue/inference/image-engine.ts';
import { sentenceOf } from '../say-failures.ts';

/** Every engine that the environment configures. */
const ALL_ENGINES = 'all';

export interface OpenEngines {
  /** By the name it was asked for. */
  readonly engines: ReadonlyMap<string, ReadyEngine>;
  /** The kinds and names that cannot be run here, with the reason. */
  readonly notRun: ReadonlyMap<string, string>;
  dispose(): Promise<void>;
}

/** The engines of some names (kinds, or ids of the engines file), opened as the product opens them. What is not configured
 * is no failure: it is not run. @throws AppError of an engine that is configured and does not answer. */
export async function openEngines(names: readonly string[], env: NodeJS.ProcessEnv): Promise<OpenEngines> {
  const engines = new Map<string, ReadyEngine>();
  const notRun = new Map<string, string>();
  const wanted = names.includes(ALL_ENGINES) ? configuredEngines(env) : new Set(names);
  for (const name of new Set([...wanted, ...ENGINE_KINDS])) {
    const found = findEngine(name, env);
    if (typeof found === 'string') notRun.set(name, found);
    else if (wanted.has(name)) engines.set(name, found);
    else notRun.set(name, 'not asked for');
  }
  for (const engine of engines.values()) await engine.ready();
  return {
    engines,
    notRun,
    async dispose() {
      await Promise.all([...engines.values()].map((engine) => engine.dispose()));
    },
  };
}

/** The kinds whose keys and addresses are there, and the engines of the engines file. */
function configuredEngines(env: NodeJS.ProcessEnv): ReadonlySet<string> {
  const kinds = ENGINE_KINDS.filter((kind) => typeof findEngine(kind, env) !== 'string');
  const file = readEnginesFile(loadConfig(env).engine.file);
  return new Set([...kinds, ...file.engines.map(({ id }) => id)]);
}

/** An engine, or why it is none here. */
function findEngine(name: string, env: NodeJS.ProcessEnv): ReadyEngine | string {
  const isKind = ENGINE_KINDS.some((kind) => kind === name);
  const beside = isKind ? [env['EASEL_ENGINES'], name].filter(Boolean).join(',') : env['EASEL_ENGINES'];
  try {
    return openEngineSet(loadConfig({ ...env, EASEL_ENGINES: beside }), env).find(name);
  } catch (error) {
    if (!isAppError(error) || !NOT_CONFIGURED.has(error.code)) throw error;
    return sentenceOf(error);
  }
}

const NOT_CONFIGURED: ReadonlySet<string> = new Set(['CONFIG_INVALID', 'ENGINE_UNKNOWN']);
