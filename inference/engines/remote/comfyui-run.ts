import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { InferenceError } from '../../errors.ts';
import { decodeImage } from '../../image/decode.ts';
import { encodePreview } from '../../image/encode.ts';
import type { EngineRenderOptions } from '../engine.ts';
import { type Answer, jsonOf, type RemoteClient } from './client.ts';
import { type ComfyEvent, openComfySocket } from './comfyui-events.ts';
import type { ComfyGraph, ComfyWorkflow } from './comfyui-workflow.ts';
import { remoteFailure } from './failure.ts';
import { failureOfStatus } from './status.ts';

export interface ComfyRun {
  readonly graph: ComfyGraph;
  readonly workflow: ComfyWorkflow;
  /** From queueing to the picture, waiting in ComfyUI's own queue included. */
  readonly timeoutMs: number;
}

const POLL_MS = 1000;

const queuedSchema = z.object({ prompt_id: z.string().min(1) });
const fileSchema = z.object({
  filename: z.string(),
  subfolder: z.string().default(''),
  type: z.string().default('output'),
});
const historySchema = z.record(
  z.string(),
  z.object({
    outputs: z.record(z.string(), z.looseObject({ images: z.array(fileSchema).optional() })).default({}),
    status: z
      .looseObject({
        status_str: z.string().optional(),
        completed: z.boolean().optional(),
        messages: z.unknown().optional(),
      })
      .optional(),
  }),
);
const queueSchema = z.object({ queue_running: z.array(z.unknown()), queue_pending: z.array(z.unknown()) });

/** Queue a graph, follow it to its end, fetch its picture. An abort or the deadline takes it out of the queue or interrupts it.
 * @throws {InferenceError} CANCELLED, ENGINE_UNAVAILABLE, ENGINE_MISCONFIGURED, ENGINE_FAILED, INFERENCE_OUT_OF_MEMORY */
export async function runComfyPrompt(
  client: RemoteClient,
  { graph, workflow, timeoutMs }: ComfyRun,
  { signal, onStep }: EngineRenderOptions,
): Promise<Uint8Array> {
  const deadline = AbortSignal.timeout(timeoutMs);
  const until = signal === undefined ? deadline : AbortSignal.any([signal, deadline]);
  const clientId = randomUUID();
  const follower = createFollower(client, workflow, onStep);
  const socket = await openComfySocket(client, clientId, follower.listener, signal);
  try {
    // Not abortable: whether it is queued must be known, or nobody could take it out again.
    const promptId = await queue(client, graph, clientId);
    follower.follow(promptId);
    try {
      await untilEnded(client, follower, promptId, until);
      return await fetchPicture(client, workflow, promptId, until);
    } catch (error) {
      if (!until.aborted) throw error;
      await stop(client, promptId);
      if (signal?.aborted === true) throw remoteFailure('CANCELLED', { engine: client.engine });
      throw client.failure('ENGINE_FAILED', 'timeout');
    }
  } finally {
    socket.close();
  }
}

async function queue(client: RemoteClient, graph: ComfyGraph, clientId: string): Promise<string> {
  const json = { prompt: graph, client_id: clientId };
  const answer = await client.send({ path: 'prompt', method: 'POST', json, hasEffect: false });
  if (answer.status === 400) throw client.failure('ENGINE_MISCONFIGURED', 'workflow', answer);
  if (answer.status !== 200) throw failureOfStatus(client, answer);
  return client.read(answer, queuedSchema).prompt_id;
}

/** Keeps what the socket says; the end of a prompt may come before its id is known. */
function createFollower(client: RemoteClient, workflow: ComfyWorkflow, onStep: EngineRenderOptions['onStep']) {
  const ends = new Map<string, InferenceError | 'done'>();
  let promptId: string | undefined;
  let isLost = false;
  let preview: Promise<string | undefined> | undefined;
  let wake = () => {};

  async function step(event: Extract<ComfyEvent, { kind: 'progress' }>): Promise<void> {
    const previewDataUrl = await preview;
    preview = undefined;
    const { step: done, steps } = event;
    if (done < 1 || steps < done) return;
    try {
      onStep?.({ step: done, steps, ...(previewDataUrl === undefined ? {} : { previewDataUrl }) });
    } catch {
      // Whoever watches must not disturb the work.
    }
  }

  let told = Promise.resolve();
  function listener(event: ComfyEvent): void {
    switch (event.kind) {
      case 'preview':
        preview = previewUrl(event.bytes);
        return;
      case 'progress':
        if (workflow.samplers.size > 0 && !workflow.samplers.has(event.node)) return;
        if (promptId === undefined || event.promptId === promptId) told = told.then(() => step(event));
        return;
      case 'lost':
        isLost = true;
        break;
      case 'done':
        ends.set(event.promptId, 'done');
        break;
      case 'interrupted':
        ends.set(event.promptId, client.failure('ENGINE_FAILED', 'cut'));
        break;
      case 'failed':
        ends.set(event.promptId, executionFailure(client, event.message));
        break;
    }
    wake();
  }

  return {
    listener,
    follow(id: string): void {
      promptId = id;
    },
    /** `unknown` when the socket is gone: then the history must be asked. */
    end: (): InferenceError | 'done' | 'unknown' | undefined =>
      ends.get(promptId ?? '') ?? (isLost ? 'unknown' : undefined),
    /** Resolves with the next news. */
    news: () =>
      new Promise<void>((resolve) => {
        wake = resolve;
      }),
    told: () => told,
  };
}

async function untilEnded(
  client: RemoteClient,
  follower: ReturnType<typeof createFollower>,
  promptId: string,
  until: AbortSignal,
): Promise<void> {
  const aborted = new Promise<never>((_, reject) => {
    if (until.aborted) reject(until.reason);
    until.addEventListener('abort', () => reject(until.reason), { once: true });
  });
  aborted.catch(() => undefined);
  for (;;) {
    const news = follower.news();
    const end = follower.end();
    if (end === 'unknown') {
      if ((await historyOf(client, promptId, until)) !== undefined) return;
      await sleep(POLL_MS, undefined, { signal: until });
    } else if (end === 'done') {
      return await follower.told();
    } else if (end !== undefined) {
      throw end;
    } else {
      await Promise.race([news, aborted]);
    }
  }
}

async function historyOf(client: RemoteClient, promptId: string, signal: AbortSignal) {
  const answer = await client.send({ path: `history/${encodeURIComponent(promptId)}`, signal, hasEffect: true });
  if (answer.status !== 200) throw client.failure('ENGINE_FAILED', 'status', answer);
  const entry = client.read(answer, historySchema)[promptId];
  if (entry?.status?.status_str === 'error') throw executionFailure(client, messagesOf(answer));
  return entry;
}

async function fetchPicture(
  client: RemoteClient,
  workflow: ComfyWorkflow,
  promptId: string,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const outputs = (await historyOf(client, promptId, signal))?.outputs ?? {};
  const named = workflow.output === undefined ? undefined : outputs[workflow.output];
  const files = (named === undefined ? Object.values(outputs) : [named]).flatMap(({ images = [] }) => images);
  // A saved picture wins over one that was only shown.
  const file = files.findLast(({ type }) => type === 'output') ?? files.at(-1);
  if (file === undefined) throw client.failure('ENGINE_FAILED', 'empty');
  return await client.fetchOwn(`view?${new URLSearchParams(file)}`, signal);
}

/** Out of the queue, or interrupted. Servers of before 2025 interrupt whatever runs, so it must be ours. Best effort. */
async function stop(client: RemoteClient, promptId: string): Promise<void> {
  try {
    const answer = await client.send({ path: 'queue', hasEffect: false, timeoutMs: 5000 });
    const { queue_running: running, queue_pending: pending } = client.read(answer, queueSchema);
    const isOurs = (item: unknown) => Array.isArray(item) && item[1] === promptId;
    const post = { method: 'POST', hasEffect: false, timeoutMs: 5000 } as const;
    if (pending.some(isOurs)) await client.send({ ...post, path: 'queue', json: { delete: [promptId] } });
    if (running.some(isOurs)) await client.send({ ...post, path: 'interrupt', json: { prompt_id: promptId } });
  } catch {
    // The render has ended for us in any case.
  }
}

function executionFailure(client: RemoteClient, message: string): InferenceError {
  const isMemory = /out ?of ?memory/i.test(message);
  return client.failure(isMemory ? 'INFERENCE_OUT_OF_MEMORY' : 'ENGINE_FAILED', 'execution');
}

function messagesOf(answer: Answer): string {
  return JSON.stringify(jsonOf(answer) ?? '');
}

async function previewUrl(bytes: Uint8Array): Promise<string | undefined> {
  try {
    const small = await encodePreview(await decodeImage(bytes));
    return `data:image/jpeg;base64,${Buffer.from(small).toString('base64')}`;
  } catch {
    return undefined;
  }
}
