import { WebSocket } from 'undici';
import { z } from 'zod';
import type { RemoteClient } from './client.ts';
import { networkFailure } from './failure.ts';

/** What ComfyUI tells while it works. */
export type ComfyEvent =
  | {
      readonly kind: 'progress';
      readonly promptId: string;
      readonly node: string;
      readonly step: number;
      readonly steps: number;
    }
  | { readonly kind: 'preview'; readonly bytes: Uint8Array }
  | { readonly kind: 'done'; readonly promptId: string }
  | { readonly kind: 'failed'; readonly promptId: string; readonly message: string }
  | { readonly kind: 'interrupted'; readonly promptId: string }
  /** The socket is gone; the work goes on. */
  | { readonly kind: 'lost' };

const PREVIEW = 1;
const MAX_PREVIEW_BYTES = 2_000_000;

const ofPrompt = z.looseObject({ prompt_id: z.string().default(''), node: z.string().nullish() });
const messageSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('progress'), data: ofPrompt.extend({ value: z.number(), max: z.number() }) }),
  z.object({ type: z.literal('executing'), data: ofPrompt }),
  z.object({ type: z.literal('execution_success'), data: ofPrompt }),
  z.object({ type: z.literal('execution_interrupted'), data: ofPrompt }),
  z.object({
    type: z.literal('execution_error'),
    data: ofPrompt.extend({ exception_type: z.string().default(''), exception_message: z.string().default('') }),
  }),
]);

export interface ComfySocket {
  close(): void;
}

/** Listen before the work is queued, so that nothing is missed. @throws {InferenceError} ENGINE_UNAVAILABLE, CANCELLED */
export async function openComfySocket(
  client: RemoteClient,
  clientId: string,
  listener: (event: ComfyEvent) => void,
  signal: AbortSignal | undefined,
): Promise<ComfySocket> {
  const url = new URL(`ws?clientId=${clientId}`, client.base);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  const socket = connect(client, url, signal);
  socket.binaryType = 'arraybuffer';
  socket.addEventListener('message', ({ data }: { readonly data: unknown }) => {
    const event = data instanceof ArrayBuffer ? readPreview(data) : readMessage(data);
    if (event !== undefined) listener(event);
  });
  await new Promise<void>((resolve, reject) => {
    const fail = (cause: unknown) => reject(networkFailure(cause, client.engine, { signal, hasEffect: false }));
    signal?.addEventListener('abort', () => fail(signal.reason), { once: true });
    socket.addEventListener('open', () => resolve(), { once: true });
    socket.addEventListener('error', (event) => fail(event.error), { once: true });
  });
  socket.addEventListener('close', () => listener({ kind: 'lost' }));
  return { close: () => socket.close() };
}

function connect(client: RemoteClient, url: URL, signal: AbortSignal | undefined): WebSocket {
  try {
    return new WebSocket(url, { dispatcher: client.dispatcher(), headers: client.headers });
  } catch (cause) {
    throw networkFailure(cause, client.engine, { signal, hasEffect: false });
  }
}

function readMessage(data: unknown): ComfyEvent | undefined {
  const parsed = messageSchema.safeParse(parse(data));
  if (!parsed.success) return undefined;
  const { type, data: fields } = parsed.data;
  const promptId = fields.prompt_id;
  switch (type) {
    case 'progress':
      return {
        kind: 'progress',
        promptId,
        node: fields.node ?? '',
        step: parsed.data.data.value,
        steps: parsed.data.data.max,
      };
    case 'executing':
      // Before there was `execution_success`, no node meant the end.
      return fields.node == null ? { kind: 'done', promptId } : undefined;
    case 'execution_success':
      return { kind: 'done', promptId };
    case 'execution_interrupted':
      return { kind: 'interrupted', promptId };
    case 'execution_error':
      return {
        kind: 'failed',
        promptId,
        message: `${parsed.data.data.exception_type} ${parsed.data.data.exception_message}`,
      };
  }
}

/** uint32 kind, uint32 format (1 JPEG, 2 PNG), the picture; big-endian. */
function readPreview(data: ArrayBuffer): ComfyEvent | undefined {
  if (data.byteLength < 9 || data.byteLength > MAX_PREVIEW_BYTES) return undefined;
  return new DataView(data).getUint32(0) === PREVIEW ? { kind: 'preview', bytes: new Uint8Array(data, 8) } : undefined;
}

function parse(data: unknown): unknown {
  try {
    return typeof data === 'string' ? JSON.parse(data) : undefined;
  } catch {
    return undefined;
  }
}
