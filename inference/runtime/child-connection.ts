import { type ChildProcess, fork } from 'node:child_process';
import { createRequire } from 'node:module';
import { extname } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { z } from 'zod';
import { fromWire, InferenceError } from '../errors.ts';
import { createDeferred } from './deferred.ts';
import { type ChildContract, type ChildMessage, childMessageSchema, PROTOCOL_VERSION } from './protocol.ts';
import { residentBytes } from './resident-memory.ts';

/** One kind of process: what it is told and which file it runs. */
export interface ChildKind<Settings, Request, Progress, Result> {
  readonly contract: ChildContract<Settings, Request, Progress, Result>;
  /** The file without its extension: TypeScript beside TypeScript, JavaScript where this is compiled. */
  readonly entry: URL;
}

export interface ChildOptions<Settings> {
  readonly settings: Settings;
  /** Resident bytes above which the child is killed; undefined: no ceiling. */
  readonly memoryLimitBytes?: number | undefined;
  /** How often its memory is read. */
  readonly memoryPollMs: number;
  /** How long a cancelled call may go on before the child is killed. */
  readonly cancelGraceMs: number;
}

export interface ChildCall<Progress> {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/** One forked process, from its start to its end. It is never restarted: make another. */
export interface ChildConnection<Request, Progress, Result> {
  readonly pid: number | undefined;
  /** Rejects with the model's error when it cannot be opened. */
  readonly ready: Promise<void>;
  /** Resolves when the process has ended, whatever the reason. */
  readonly ended: Promise<void>;
  readonly isAlive: () => boolean;
  /** Only after `ready`, one at a time. */
  call(request: Request, call: ChildCall<Progress>): Promise<Result>;
  /** SIGKILL; pending calls reject with the reason. */
  kill(reason: InferenceError): void;
}

interface PendingCall<Progress, Result> {
  readonly call: ChildCall<Progress>;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: InferenceError) => void;
}

const STDERR_TAIL = 2000;

export function forkChild<Settings, Request, Progress, Result>(
  { contract, entry }: ChildKind<Settings, Request, Progress, Result>,
  options: ChildOptions<Settings>,
): ChildConnection<Request, Progress, Result> {
  const child = forkEntry(entry);
  const opening = createDeferred<void>();
  const ended = createDeferred<void>();
  const pending = new Map<number, PendingCall<Progress, Result>>();
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

  function settle(id: number, outcome: (call: PendingCall<Progress, Result>) => void): void {
    const call = pending.get(id);
    pending.delete(id);
    if (call) outcome(call);
  }

  /** What does not fit the contract ends the process, as any message that cannot be read. */
  function read<T>(schema: z.ZodType<T>, content: unknown, use: (value: T) => void): void {
    const parsed = schema.safeParse(content);
    if (parsed.success) use(parsed.data);
    else kill(new InferenceError('BUG', 'The inference process sent a message that could not be read.'));
  }

  function receive(message: ChildMessage): void {
    switch (message.kind) {
      case 'ready':
        opening.resolve();
        break;
      case 'failed':
        kill(fromWire(message.error));
        break;
      case 'progress':
        read(contract.progress, message.progress, (progress) => report(pending.get(message.id)?.call, progress));
        break;
      case 'done':
        read(contract.result, message.result, (result) =>
          settle(message.id, ({ call, resolve, reject }) =>
            call.signal?.aborted ? reject(cancelled()) : resolve(result),
          ),
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
  child.on('message', (content) => read(childMessageSchema, content, receive));
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
  send({ kind: 'start', settings: options.settings });

  return {
    pid: child.pid,
    ready: opening.promise,
    ended: ended.promise,
    isAlive: () => isAlive && causeOfDeath === undefined,
    kill,
    async call(request, call) {
      if (!isAlive) throw causeOfDeath ?? cancelled();
      const id = nextId++;
      const { promise, resolve, reject } = createDeferred<Result>();
      pending.set(id, { call, resolve, reject });
      let graceTimer: NodeJS.Timeout | undefined;
      const cancel = () => {
        send({ kind: 'cancel', id });
        graceTimer = setTimeout(() => kill(cancelled()), options.cancelGraceMs);
      };
      call.signal?.addEventListener('abort', cancel, { once: true });
      try {
        send({ kind: 'call', id, request });
        return await promise;
      } finally {
        clearTimeout(graceTimer);
        call.signal?.removeEventListener('abort', cancel);
      }
    },
  };
}

export function cancelled(): InferenceError {
  return new InferenceError('CANCELLED', 'The request was cancelled.');
}

/** In TypeScript through tsx, or compiled as this file is. */
function forkEntry(entry: URL): ChildProcess {
  const extension = extname(fileURLToPath(import.meta.url));
  // Resolved from here: a bare name would be looked for from the working directory.
  const tsx = () => pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  return fork(fileURLToPath(entry) + extension, [], {
    execArgv: extension === '.ts' ? ['--import', tsx()] : [],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
}

function report<Progress>(call: ChildCall<Progress> | undefined, progress: Progress): void {
  try {
    call?.onProgress?.(progress);
  } catch {
    // Progress is best effort: a listener that fails must not fail the call.
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
