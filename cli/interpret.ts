import { loadConfig } from '../core/config.ts';
import { abortOnInterrupt } from './abort-on-interrupt.ts';
import { openEngineSet } from './engines/engine-set.ts';
import { openInterpreter } from './interpreter/open-interpreter.ts';
import type { Io } from './io.ts';
import { noteReading, readTurn, whyNoPicture } from './read-turn.ts';

export interface InterpretOptions {
  readonly json?: boolean;
}

export type InterpretRequest = InterpretOptions & { readonly text: string; readonly files: readonly string[] };

/** Read one message as the chat would and print the interpretation. */
export async function interpret({ text, files, json }: InterpretRequest, io: Io): Promise<void> {
  const config = loadConfig(process.env);
  const interpreter = await openInterpreter(config);
  const engines = openEngineSet(config);
  const engine = engines.engines[0].description;
  const { signal, release } = abortOnInterrupt();
  try {
    const read = await readTurn({ text, files, mode: 'auto', engine, interpreter, signal });
    noteReading(read, io);
    const { interpretation } = read.turn;
    if (interpretation === undefined) throw whyNoPicture(read);
    if (json === true) return io.out(JSON.stringify(interpretation));
    const { note: _said, ...shownKeys } = interpretation;
    for (const [key, value] of Object.entries(shownKeys)) io.out(`${key.padEnd(12)} ${shown(value)}`);
  } finally {
    release();
    await Promise.all([engines.dispose(), interpreter.dispose()]);
  }
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? '-' : value.join(', ');
  if (value === null || value === '') return '-';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
