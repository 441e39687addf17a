import { loadConfig } from '../core/config.ts';
import { bytesOf } from '../core/job-handlers.ts';
import type { EngineResult } from '../core/ports.ts';
import type { RenderRequest } from '../core/render.ts';
import { createRenderGuard, type RenderGuard } from '../core/safety/guard-render.ts';
import type { ReadyEngine } from '../queue/inference/image-engine.ts';
import { abortOnInterrupt } from './abort-on-interrupt.ts';
import { openEngineSet } from './engines/engine-set.ts';
import { NoPictureError } from './failure.ts';
import { requireWritableFolder, writeOutput } from './files.ts';
import { type OpenInterpreter, openInterpreter } from './interpreter/open-interpreter.ts';
import type { Io } from './io.ts';
import { openSafety } from './open-safety.ts';
import { firstRender, noteReading, readTurn, whyNoPicture } from './read-turn.ts';

export interface EditOptions {
  readonly output: string;
  readonly mode: 'auto' | 'edit' | 'generate';
  readonly seed?: number;
  readonly steps?: number;
  readonly engine?: string;
  readonly json?: boolean;
}

export type EditRequest = EditOptions & { readonly text: string; readonly files: readonly string[] };

/** Conversation, interpreter and engine in this process, without a queue: one message, one picture. */
export async function edit(request: EditRequest, io: Io): Promise<void> {
  const config = loadConfig(process.env);
  requireWritableFolder(request.output);
  const interpreter = await openInterpreter(config);
  const engines = openEngineSet(config);
  const safety = openSafety(config);
  const { signal, release } = abortOnInterrupt();
  try {
    const engine = request.engine === undefined ? engines.engines[0] : engines.find(request.engine);
    await editWith(engine, request, { interpreter, guard: createRenderGuard(safety.filter), signal, io });
  } finally {
    release();
    await Promise.all([engines.dispose(), interpreter.dispose(), safety.dispose()]);
  }
}

interface EditRun {
  readonly interpreter: OpenInterpreter;
  readonly guard: RenderGuard;
  readonly signal: AbortSignal;
  readonly io: Io;
}

async function editWith(engine: ReadyEngine, request: EditRequest, run: EditRun): Promise<void> {
  const { interpreter, guard, io, signal } = run;
  const { text, files, mode, output } = request;
  const { id, model } = engine.description;

  // 1. read the message
  const started = performance.now();
  const read = await readTurn({ text, files, mode, engine: engine.description, interpreter, signal });
  const interpretMs = performance.now() - started;
  noteReading(read, io);
  const render = firstRender(read);
  const { interpretation } = read.turn;
  if (render === undefined || interpretation === undefined) throw whyNoPicture(read);
  const { base, references, instruction, description, count } = interpretation;
  if (count > 1) io.note(`Making one of ${count}; run the command again for another one.`);

  // 2. make the picture
  const seed = request.seed ?? render.seed;
  const images = await Promise.all(render.inputs.map((input) => bytesOf(read.blobs, input)));
  await guard.requireRequest(render, images, { signal });
  const result = await renderPicture(engine, { ...render, seed }, images, { ...run, steps: request.steps });
  const [picture] = result.images;
  if (picture === undefined) throw new NoPictureError('The engine made no picture.');
  await guard.requireResult(picture.bytes, { signal });
  await writeOutput(output, picture.bytes);

  // 3. say how
  for (const warning of result.warnings) io.note(warning);
  if (request.json !== true) return io.out(output);
  const { encode = 0, denoise = 0, decode = 0, total = 0 } = result.timingsMs;
  io.out(
    JSON.stringify({
      mode: render.mode,
      base,
      references,
      instruction,
      description,
      adapter: render.adapter,
      seed,
      steps: result.steps ?? null,
      width: picture.widthPx,
      height: picture.heightPx,
      model,
      engine: id,
      timingsMs: { interpret: interpretMs, encode, denoise, decode, total: interpretMs + total },
      output,
    }),
  );
}

async function renderPicture(
  engine: ReadyEngine,
  { mode, prompt, reading, adapter, seed, aspect }: RenderRequest,
  images: readonly Uint8Array[],
  { io, signal, steps }: Omit<EditRun, 'interpreter' | 'guard'> & { readonly steps: number | undefined },
): Promise<EngineResult> {
  io.progress('Opening the model');
  await engine.ready();
  const wishes = { ...(steps === undefined ? {} : { steps }), ...(aspect === undefined ? {} : { aspect }) };
  const onStep = (step: { readonly step: number; readonly steps: number }) =>
    io.progress(`Step ${step.step} of ${step.steps}`);
  const result = await engine.render({ mode, prompt, reading, adapter, images, seed, ...wishes }, { signal, onStep });
  io.progress('');
  return result;
}
