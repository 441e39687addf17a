import type { ReadyEngine } from '../../queue/inference/image-engine.ts';
import type { Wording } from './ask.ts';
import { openEngines } from './open-engines.ts';
import { openRequestReader, type RequestReader } from './read-request.ts';
import { STRAIGHT, type System, systemName } from './system.ts';

export type OpenSystem = System & {
  readonly name: string;
  readonly opened: ReadyEngine;
  readonly reader: RequestReader | undefined;
};

export interface OpenSystems {
  readonly systems: readonly OpenSystem[];
  /** Engines that are not run, with the reason. */
  readonly notRun: ReadonlyMap<string, string>;
  dispose(): Promise<void>;
}

export interface SystemChoice {
  readonly engines: readonly string[];
  readonly wording: Wording;
  readonly vlms: readonly string[];
}

/** Open every engine with every reader that was chosen.
 * @throws AppError for a reader that nothing here answers to, or an engine that does not answer. */
export async function openSystems(
  { engines: names, wording, vlms }: SystemChoice,
  env: NodeJS.ProcessEnv,
): Promise<OpenSystems> {
  const engines = await openEngines(names, env);
  const readers: RequestReader[] = [];
  const systems: OpenSystem[] = [];
  const dispose = async () => {
    await Promise.all([engines.dispose(), ...readers.map((reader) => reader.dispose())]);
  };
  try {
    for (const [engine, opened] of engines.engines) {
      for (const vlm of new Set(vlms)) {
        // How many pictures may be named depends on the engine.
        const reader = vlm === STRAIGHT ? undefined : await openRequestReader(vlm, opened.description, env);
        if (reader !== undefined) readers.push(reader);
        const system = { engine, wording, vlm };
        systems.push({ ...system, name: systemName(system), opened, reader });
      }
    }
  } catch (error) {
    await dispose();
    throw error;
  }
  return { systems, notRun: engines.notRun, dispose };
}
