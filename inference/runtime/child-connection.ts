import { type ChildProcess, fork } from 'node:child_process';
import { createRequire } from 'node:module';
import { extname } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { ImageRequest, ImageResult } from '../engines/image-request.ts';
import type { RequestStep } from '../engines/render-request.ts';
import { fromWire, InferenceError } from '../errors.ts';
import { createDeferred } from './deferred.ts';
import { type ChildMessage, childMessageSchema, PROTOCOL_VERSION, type StartMessage } from './protocol.ts';
import { residentBytes } from './resident-memory.ts';

export interface ChildOptions {
  readonly start: Omit<StartMessage, 'version' | 'kind'>;
  /** Resident bytes above which the child is killed; undefined: no ceiling. */
  readonly memoryLimitBytes?: number | undefined;
  /** How often its memory is read. */
  readonly memoryPollMs: number;
  /** How long a cancelled render may go on before the child is killed. */
  readonly cancelGraceMs: number;
}

export interface ChildCall {
  readonly signal?: AbortSignal | undefined;
  readonly onStep?: ((step: RequestStep) => void) | undefined;
  readonly previews: boolean;
}

/** One forked process, from its start to its end. It is never restarted: make another. */
export interface ChildConnection {
  readonly pid: number | undefined;
  /** Rejects with the model's error when it cannot be opened. */
  readonly ready: Promise<void>;
  /** Resolves when the process has ended, whatever the reason. */
  readonly ended: Promise<void>;
  readonly isAlive: () => boolean;
  /** Only after `ready`, one at a time. */
  render(request: ImageRequest, call: ChildCall): Promise<ImageResult>;
  /** SIGKILL; pending calls reject with the reason. */
  kill(reason: InferenceError): void;
}

interface PendingRender {
  readonly call: ChildCall;
  readonly resolve: (result: ImageResult) => void;
  readonly reject: (error: InferenceError) => void;
}

const STDERR_TAIL = 2000;

export function forkChild(options: ChildOptions): ChildConnection {
  const child = forkEntry();
  const opening = createDeferred<void>();
  const ended = createDeferred<void>();
  const pending = new Map<number, PendingRender>();
  let nextId = 0;
  let causeOfDeath: InferenceError | undefined;
  let isAlive = true;
  let stderrTail = '';

  // Nobody may be waiting for a model that fails to open in the background.
  opening.promise.catch(() => undefined);

  function send(message: Record<string, unknown>): void {
    // A failed send means that the process ended, which `exit` reports.
    child.send({ version: PROTOCOL_VERSION, ...message }, () => undefined);
  }

  function kill(reason: InferenceError): void {
    causeOfDeath ??= reason;
    child.kill('SIGKILL');
  }

  function settle(id: number, outcome: (render: PendingRender) => void): void {
    const render = pending.get(id);
    pending.delete(id);
    if (render) outcome(render);
  }

  function receive(message: ChildMessage): void {
    switch (message.kind) {
      case 'ready':
        opening.resolve();
        break;
      case 'failed':
        kill(fromWire(message.error));
        break;
      case 'step':
        report(pending.get(message.id)?.call, message);
        break;
      case 'done':
        settle(message.id, ({ call, resolve, reject }) =>
          call.signal?.aborted ? reject(cancelled()) : resolve(message.result),
        );
        break;
      case 'error':
        settle(message.id, ({ reject }) => reject(fromWire(message.error)));
        break;
    }
  }

  function end(exitCode: number | null, signal: string | null): void {
    if (!isAlive) return;
    isAlive = false;
    clearInterval(memoryWatch);
    causeOfDeath ??= diedUnexpectedly(exitCode, signal, stderrTail);
    opening.reject(causeOfDeath);
    for (const { reject } of pending.values()) reject(causeOfDeath);
    pending.clear();
    ended.resolve();
  }

  const { pid } = child;
  const { memoryLimitBytes, memoryPollMs } = options;
  const memoryWatch =
    pid === undefined || memoryLimitBytes === undefined
      ? undefined
      : setInterval(() => {
          // Reading the memory of a process that just ended gives nothing, and never rejects.
          void watchMemory(pid, memoryLimitBytes, kill);
        }, memoryPollMs);
  memoryWatch?.unref();

  child.stderr?.on('data', (chunk: Buffer) => {
    stderrTail = (stderrTail + chunk.toString('utf8')).slice(-STDERR_TAIL);
  });
  child.on('message', (content) => {
    const parsed = childMessageSchema.safeParse(content);
    if (parsed.success) receive(parsed.data);
    else kill(new InferenceError('BUG', 'The inference process sent a message that could not be read.'));
  });
  child.on('error', (error) => {
    causeOfDeath ??= new InferenceError(
      'INFERENCE_CHILD_DIED',
      `The inference process could not be run: ${error.message}`,
      {},
      { cause: error },
    );
    if (child.pid === undefined) end(null, null);
  });
  child.on('exit', end);
  send({ kind: 'start', ...options.start });

  return {
    pid: child.pid,
    ready: opening.promise,
    ended: ended.promise,
    isAlive: () => isAlive && causeOfDeath === undefined,
    kill,
    async render(request, call) {
      if (!isAlive) throw causeOfDeath ?? cancelled();
      const id = nextId++;
      const { promise, resolve, reject } = createDeferred<ImageResult>();
      pending.set(id, { call, resolve, reject });
      let graceTimer: NodeJS.Timeout | undefined;
      const cancel = () => {
        send({ kind: 'cancel', id });
        graceTimer = setTimeout(() => kill(cancelled()), options.cancelGraceMs);
      };
      call.signal?.addEventListener('abort', cancel, { once: true });
      try {
        send({ kind: 'render', id, request, previews: call.previews });
        return await promise;
      } finally {
        clearTimeout(graceTimer);
        call.signal?.removeEventListener('abort', cancel);
      }
    },
  };
}

export function cancelled(): InferenceError {
  return new InferenceError('CANCELLED', 'The render was cancelled.');
}

/** The entry beside this file, in TypeScript through tsx or compiled. */
function forkEntry(): ChildProcess {
  const extension = extname(fileURLToPath(import.meta.url));
  // Resolved from here: a bare name would be looked for from the working directory.
  const tsx = () => pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  return fork(fileURLToPath(new URL(`./child${extension}`, import.meta.url)), [], {
    execArgv: extension === '.ts' ? ['--import', tsx()] : [],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
}

function report(call: ChildCall | undefined, { step, steps, preview }: Extract<ChildMessage, { kind: 'step' }>): void {
  try {
    call?.onStep?.({ step, steps, ...(preview && { preview }) });
  } catch {
    // Progress is best effort: a listener that fails must not fail the render.
  }
}

async function watchMemory(
  pid: number,
  memoryLimitBytes: number,
  kill: (reason: InferenceError) => void,
): Promise<void> {
  const bytes = await residentBytes(pid);
  if (bytes === undefined || bytes <= memoryLimitBytes) return;
  kill(
    new InferenceError(
      'INFERENCE_OUT_OF_MEMORY',
      `The inference process held ${megabytes(bytes)} MB; its limit is ${megabytes(memoryLimitBytes)} MB.`,
      { bytes, memoryLimitBytes },
    ),
  );
}

function diedUnexpectedly(exitCode: number | null, signal: string | null, stderr: string): InferenceError {
  return new InferenceError(
    'INFERENCE_CHILD_DIED',
    `The inference process ended unexpectedly (${signal ?? `exit code ${exitCode}`}).`,
    { exitCode, signal, stderr },
  );
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 1_000_000);
}
