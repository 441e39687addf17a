import type { ConversationManager } from './conversation-manager.ts';
import { AppError, asAppError, type ErrorCode, policyOf, toWire } from './errors.ts';
import type {
  Blobs,
  EngineResult,
  EngineStep,
  ImageEngine,
  Interpreter,
  JobHandler,
  JobRun,
  Logger,
  SafetyFilter,
} from './ports.ts';
import { interpretJobSchema, type RenderOutcome, type RenderRequest, renderJobSchema } from './render.ts';
import { isShutdown, shouldRetry } from './retry.ts';
import { createRenderGuard } from './safety/guard-render.ts';
import type { Spending } from './spending.ts';

export interface InterpretDeps {
  readonly manager: ConversationManager;
  readonly interpreter: Interpreter;
  readonly logger: Logger;
}

/** Serves the queue `interpret`: a turn's text becomes its interpretation, or the turn fails with a sentence. */
export function createInterpretHandler({ manager, interpreter, logger }: InterpretDeps): JobHandler {
  return async (run) => {
    const job = interpretJobSchema.parse(run.input);
    try {
      const request = await manager.startInterpretation(job);
      if (request === undefined) return;
      await manager.recordInterpretation(job, await interpreter.interpret(request, { signal: run.signal }));
    } catch (thrown) {
      const error = failureOf(thrown, run, logger);
      if (error !== undefined) await manager.recordInterpretationFailure(job, toWire(error));
    }
  };
}

export interface RenderDeps {
  readonly manager: ConversationManager;
  readonly engine: ImageEngine;
  readonly blobs: Blobs;
  readonly safety?: SafetyFilter;
  /** Absent: nothing is counted, and nothing is kept from being asked twice. */
  readonly spending?: Spending;
  readonly logger: Logger;
}

/** Serves `render-<engine id>`: the picture is stored first, then recorded; only the record gives it a number. */
export function createRenderHandler({ manager, engine, blobs, safety, spending, logger }: RenderDeps): JobHandler {
  const once = !engine.description.cancel;
  const guard = createRenderGuard(safety);

  async function showStep(request: RenderRequest, step: EngineStep, signal: AbortSignal): Promise<void> {
    await manager.recordStep(request, await guard.shownStep(step, { signal }));
  }

  async function askEngine(request: RenderRequest, images: readonly Uint8Array[], run: JobRun): Promise<EngineResult> {
    const { mode, prompt, reading, adapter, seed, aspect } = request;
    try {
      return await engine.render(
        { mode, prompt, reading, adapter, images, seed, ...(aspect === undefined ? {} : { aspect }) },
        {
          // What cannot be stopped and may be charged is waited for when the worker stops.
          signal: once ? unlessShutdown(run.signal) : run.signal,
          onStep: (step) => {
            // Best effort and beside the flow: a slow listener must not hold up the next step.
            void Promise.allSettled([
              run.progress({ step: step.step, steps: step.steps }),
              showStep(request, step, run.signal),
            ]);
          },
        },
      );
    } catch (error) {
      if (NOTHING_DONE.has(asAppError(error).code)) await spending?.release(request, { once });
      throw error;
    }
  }

  async function render(request: RenderRequest, run: JobRun): Promise<RenderOutcome> {
    const images = await Promise.all(request.inputs.map((input) => bytesOf(blobs, input)));
    const { signal } = run;
    await guard.requireRequest(request, images, { signal });
    await spending?.reserve(request, { once });
    const result = await askEngine(request, images, run);
    const [image] = result.images;
    if (image === undefined) throw new AppError('BUG', {}, { details: { expected: 'one image from the engine' } });
    await guard.requireResult(image.bytes, { signal });
    const blob = await blobs.put(image.bytes, image.contentType);
    const { widthPx, heightPx } = image;
    const { steps, timingsMs, warnings } = result;
    const { model } = engine.description;
    const made = { kind: 'ready' as const, blob, widthPx, heightPx, model, timingsMs, warnings };
    return steps === undefined ? made : { ...made, steps };
  }

  return async (run) => {
    const job = renderJobSchema.parse(run.input);
    try {
      const request = await manager.startRender(job);
      if (request === undefined) return;
      await manager.recordRenderOutcome(job, await render(request, run));
    } catch (thrown) {
      const error = failureOf(thrown, run, logger);
      if (error !== undefined) await manager.recordRenderOutcome(job, { kind: 'failed', error: toWire(error) });
    }
  };
}

/** Failures after which an engine has certainly made, and charged, nothing. */
const NOTHING_DONE: ReadonlySet<ErrorCode> = new Set([
  'ENGINE_UNAVAILABLE',
  'ENGINE_BUSY',
  'ENGINE_QUOTA',
  'ENGINE_MISCONFIGURED',
  'ENGINE_CANNOT',
  'PROMPT_BLOCKED',
  'TOO_MANY_IMAGES',
]);

/** Aborted with the run, unless its worker only shuts down. */
function unlessShutdown(signal: AbortSignal): AbortSignal {
  const cancelled = new AbortController();
  const abort = () => {
    if (!isShutdown(signal)) cancelled.abort(signal.reason);
  };
  if (signal.aborted) abort();
  else signal.addEventListener('abort', abort, { once: true });
  return cancelled.signal;
}

/**
 * What to record about a failed run.
 * @returns undefined when it was cancelled: the document says so already.
 * @throws the error, when the job should run again or belongs to the next worker.
 */
function failureOf(thrown: unknown, run: JobRun, logger: Logger): AppError | undefined {
  const error = asAppError(thrown);
  if (isShutdown(run.signal)) throw error;
  if (run.signal.aborted) return undefined;
  const { log } = policyOf(error.code);
  const cause = error.code === 'BUG' && error.cause instanceof Error ? { stack: error.cause.stack } : {};
  const fields = {
    event: 'job-failed',
    jobId: run.id,
    attempt: run.attempt,
    code: error.code,
    ...error.details,
    ...cause,
  };
  logger[log === 'fatal' ? 'error' : log](fields, 'a job failed');
  if (shouldRetry(error, run)) throw error;
  return error;
}

/** @throws AppError IMAGE_GONE */
export async function bytesOf(blobs: Blobs, input: RenderRequest['inputs'][number]): Promise<Uint8Array> {
  const blob = await blobs.get(input.blob);
  if (blob === undefined) throw new AppError('IMAGE_GONE', { number: input.number });
  return blob.bytes;
}
