import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type OpenInterpreter, openInterpreter } from '../../cli/interpreter/open-interpreter.ts';
import { firstRender, type ReadTurn, readTurn, whyNoPicture } from '../../cli/read-turn.ts';
import { loadConfig } from '../../core/config.ts';
import type { Interpretation } from '../../core/domain.ts';
import { isAppError } from '../../core/errors.ts';
import { bytesOf } from '../../core/job-handlers.ts';
import type { EngineDescription, EngineRequest } from '../../core/ports.ts';
import { sentenceOf } from '../say-failures.ts';

export interface ReadRequest {
  readonly kind: 'read';
  readonly request: Omit<EngineRequest, 'seed'>;
  readonly reading: Pick<Interpretation, 'mode' | 'base' | 'references' | 'instruction' | 'description'> & {
    /** Whether the rules read it in place of the model. */
    readonly byRules: boolean;
  };
}

/** What reads a message with its pictures and says what the engine shall make of it. */
export interface RequestReader {
  /** `rules`, `local` or `provider:model`. */
  readonly name: string;
  /** @param images encoded; they become images 1..n. */
  read(
    text: string,
    images: readonly Uint8Array[],
  ): Promise<ReadRequest | { readonly kind: 'unread'; readonly problem: string }>;
  dispose(): Promise<void>;
}

/** The product's own reading, as `easel interpret` has it: the same checks, the interpreter of a name, the rules behind it.
 * @throws AppError CONFIG_INVALID for a name that nothing here answers to. */
export async function openRequestReader(
  vlm: string,
  engine: Pick<EngineDescription, 'id' | 'maxImages'>,
  env: NodeJS.ProcessEnv,
): Promise<RequestReader> {
  const interpreter = await openInterpreter(loadConfig({ ...env, EASEL_VLM: vlm }));
  await interpreter.ready();
  return {
    name: interpreter.name,
    async read(text, images) {
      const folder = await mkdtemp(join(tmpdir(), 'easel-request-'));
      try {
        const files = images.map((_, index) => join(folder, `picture-${index + 1}.png`));
        await Promise.all(files.map((file, index) => writeFile(file, images[index] ?? '')));
        return await readFiles(text, files, engine, interpreter);
      } catch (error) {
        if (!isAppError(error)) throw error;
        return { kind: 'unread', problem: `not read: ${sentenceOf(error)}` };
      } finally {
        await rm(folder, { recursive: true });
      }
    },
    dispose: () => interpreter.dispose(),
  };
}

async function readFiles(
  text: string,
  files: readonly string[],
  engine: Pick<EngineDescription, 'id' | 'maxImages'>,
  interpreter: OpenInterpreter,
): ReturnType<RequestReader['read']> {
  const { signal } = new AbortController();
  const read = await readTurn({ text, files, mode: 'auto', engine, interpreter, signal });
  const render = firstRender(read);
  const { interpretation } = read.turn;
  if (render === undefined || interpretation === undefined) return { kind: 'unread', problem: whyUnread(read) };
  const images = await Promise.all(render.inputs.map((input) => bytesOf(read.blobs, input)));
  const { mode, prompt, reading, adapter, aspect } = render;
  const { base, references, instruction, description, note } = interpretation;
  return {
    kind: 'read',
    request: { mode, prompt, reading, adapter, images, ...(aspect === undefined ? {} : { aspect }) },
    reading: { mode, base, references, instruction, description, byRules: note?.key === 'note.by-rules' },
  };
}

function whyUnread(read: ReadTurn): string {
  return `nothing to make: ${sentenceOf(whyNoPicture(read))}`;
}
