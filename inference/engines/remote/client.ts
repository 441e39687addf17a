import { type BodyInit, fetch, type Response } from 'undici';
import type { z } from 'zod';
import type { InferenceError } from '../../errors.ts';
import { networkFailure, type RemoteFailureCode, remoteFailure } from './failure.ts';
import { createGuardedAgent, requirePublicHost } from './guarded-agent.ts';
import { redact } from './redact.ts';

/** Keys are handed over in a box that shows itself nowhere. */
export interface SecretBox {
  reveal(): string;
}

export interface RemoteClientOptions {
  /** Id of the engine, for failures. */
  readonly engine: string;
  /** With its path, for example `https://api.openai.com/v1`. */
  readonly baseUrl: string;
  /** Sent to the base address only, never to the address of a result; repeated in no error. */
  readonly apiKey?: SecretBox | undefined;
  /** Default: `authorization`, with the word Bearer. */
  readonly keyHeader?: 'authorization' | 'x-goog-api-key';
  /** Whether the base address may be this machine or its network. Addresses of results may so only at the same origin. */
  readonly allowPrivate: boolean;
  /** From the first byte sent to the last one read. */
  readonly timeoutMs: number;
}

export interface RemoteRequest {
  /** Joined to the base address. */
  readonly path: string;
  readonly method?: 'GET' | 'POST';
  /** Sent as JSON. */
  readonly json?: unknown;
  readonly form?: BodyInit;
  readonly signal?: AbortSignal | undefined;
  /** Whether it may cost something once it has arrived: then it is asked again only when it certainly has not. */
  readonly hasEffect: boolean;
  /** Default: the client's. */
  readonly timeoutMs?: number;
  /** For servers that say it in the body instead of `Retry-After`. */
  readonly comeBackAfterMs?: (answer: Answer) => number | undefined;
}

/** An answer that was read to its end. */
export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly bytes: Uint8Array;
  readonly retryAfterMs: number | undefined;
}

export type RemoteClient = ReturnType<typeof createRemoteClient>;

/** Four pictures of 25 MB in base64 would not fit; one does, with room for what is around it. */
const MAX_ANSWER_BYTES = 64_000_000;
const MAX_PICTURE_BYTES = 25_000_000;
const MAX_REDIRECTS = 3;
/** How long and how often a server that says when to come back is waited for, before the queue does the waiting. */
const MAX_WAIT_MS = 20_000;
const MAX_WAITS = 2;

/** HTTP to one image server: bounded in time and size, nothing followed blindly, no key in any error. */
export function createRemoteClient(options: RemoteClientOptions) {
  const { engine, allowPrivate } = options;
  const key = options.apiKey?.reveal() ?? '';
  const keyHeaders = key === '' ? {} : keyHeadersOf(options, key);
  const base = new URL(options.baseUrl.replace(/\/*$/, '/'));
  const agents = { base: createGuardedAgent({ allowPrivate }), other: createGuardedAgent({ allowPrivate: false }) };

  function failure(code: RemoteFailureCode, reason: string, answer?: Answer): InferenceError {
    const facts = { engine, reason, ...(answer === undefined ? {} : { status: answer.status }) };
    return remoteFailure(code, facts, answer === undefined ? {} : { text: said(answer) });
  }

  /** What a server wrote beside a failure. */
  function said({ bytes }: Answer): string {
    return redact(Buffer.from(bytes.subarray(0, 4000)).toString('utf8'), [key]);
  }

  async function send(request: RemoteRequest): Promise<Answer> {
    const { path, method = 'GET', json, form, signal, hasEffect } = request;
    const until = untilOf(signal, request.timeoutMs ?? options.timeoutMs);
    try {
      if (!allowPrivate) requirePublicHost(base);
      const response = await fetch(new URL(path.replace(/^\//, ''), base), {
        method,
        headers: { ...keyHeaders, ...(json === undefined ? {} : { 'content-type': 'application/json' }) },
        ...(json === undefined ? (form === undefined ? {} : { body: form }) : { body: JSON.stringify(json) }),
        redirect: 'manual',
        signal: until,
        dispatcher: agents.base,
      });
      return await readAnswer(response, MAX_ANSWER_BYTES);
    } catch (thrown) {
      if (thrown instanceof TooLargeError) throw failure('ENGINE_FAILED', 'too-large');
      throw networkFailure(thrown, engine, { signal, hasEffect });
    }
  }

  return {
    engine,
    base,
    headers: keyHeaders,

    /** Connections to the base address. @throws PrivateAddressError */
    dispatcher() {
      if (!allowPrivate) requirePublicHost(base);
      return agents.base;
    },

    failure,
    said,
    send,

    /** `send`, and again when the server says that it has too much to do and when to come back: it did nothing then. */
    async sendPatiently(request: RemoteRequest): Promise<Answer> {
      for (let waits = 0; ; waits += 1) {
        const answer = await send(request);
        const retryAfterMs = answer.retryAfterMs ?? request.comeBackAfterMs?.(answer);
        const isBusy = answer.status === 429 || answer.status === 503;
        if (!isBusy || retryAfterMs === undefined || retryAfterMs > MAX_WAIT_MS || waits === MAX_WAITS) return answer;
        await wait(retryAfterMs, request.signal, engine);
      }
    },

    /** A picture at the base address. @throws {InferenceError} */
    async fetchOwn(path: string, signal: AbortSignal | undefined): Promise<Uint8Array> {
      const answer = await send({ path, signal, hasEffect: true });
      if (answer.status !== 200) throw failure('ENGINE_FAILED', 'status', answer);
      return answer.bytes;
    },

    /**
     * A picture at an address that the server named. At the origin of the base address the same rules hold as there,
     * anywhere else only https and public addresses; every redirect is judged anew, and no key goes along.
     * @throws {InferenceError} ENGINE_FAILED, CANCELLED
     */
    async fetchResult(address: string, signal: AbortSignal | undefined): Promise<Uint8Array> {
      const until = untilOf(signal, options.timeoutMs);
      let next = address;
      for (let hop = 0; hop <= MAX_REDIRECTS; hop += 1) {
        const url = URL.canParse(next, base) ? new URL(next, base) : undefined;
        const isOwn = url?.origin === base.origin;
        if (url === undefined || !(isOwn || url.protocol === 'https:'))
          throw failure('ENGINE_FAILED', 'result-address');
        try {
          if (!(isOwn && allowPrivate)) requirePublicHost(url);
          const response = await fetch(url, {
            redirect: 'manual',
            signal: until,
            dispatcher: isOwn ? agents.base : agents.other,
          });
          const location = response.headers.get('location');
          if (response.status < 300 || response.status >= 400 || location === null) {
            const answer = await readAnswer(response, MAX_PICTURE_BYTES);
            if (answer.status !== 200) throw failure('ENGINE_FAILED', 'status', answer);
            return answer.bytes;
          }
          await response.body?.cancel();
          next = new URL(location, url).href;
        } catch (thrown) {
          throw resultFailure(thrown, signal);
        }
      }
      throw failure('ENGINE_FAILED', 'redirect');
    },

    /** @throws {InferenceError} ENGINE_FAILED when the answer is not JSON of this form. */
    read<S extends z.ZodType>(answer: Answer, schema: S): z.infer<S> {
      const isPage = answer.contentType.startsWith('text/html');
      const parsed = schema.safeParse(isPage ? undefined : jsonOf(answer));
      if (parsed.success) return parsed.data;
      throw failure('ENGINE_FAILED', isPage ? 'html' : jsonOf(answer) === undefined ? 'not-json' : 'empty', answer);
    },

    async close(): Promise<void> {
      await Promise.all([agents.base.destroy(), agents.other.destroy()]);
    },
  };

  /** The picture was made and paid for: whatever keeps it from us, asking for another one is a person's decision. */
  function resultFailure(thrown: unknown, signal: AbortSignal | undefined): InferenceError {
    if (thrown instanceof TooLargeError) return failure('ENGINE_FAILED', 'too-large');
    const known = networkFailure(thrown, engine, { signal, hasEffect: true });
    if (known.code === 'CANCELLED') return known;
    const isAddress = known.details['reason'] === 'private';
    return isInference(thrown) ? thrown : failure('ENGINE_FAILED', isAddress ? 'result-address' : 'cut');
  }
}

class TooLargeError extends Error {
  override readonly name = 'TooLargeError';
}

function keyHeadersOf(
  { keyHeader = 'authorization' }: RemoteClientOptions,
  key: string,
): Readonly<Record<string, string>> {
  return { [keyHeader]: keyHeader === 'authorization' ? `Bearer ${key}` : key };
}

function isInference(thrown: unknown): thrown is InferenceError {
  return thrown instanceof Error && thrown.name === 'InferenceError';
}

function untilOf(signal: AbortSignal | undefined, timeoutMs: number): AbortSignal {
  const deadline = AbortSignal.timeout(timeoutMs);
  return signal === undefined ? deadline : AbortSignal.any([signal, deadline]);
}

async function readAnswer(response: Response, maxBytes: number): Promise<Answer> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of response.body ?? []) {
    sizeBytes += chunk.length;
    // Leaving the loop cancels the body, and with it the connection.
    if (sizeBytes > maxBytes) throw new TooLargeError();
    chunks.push(chunk);
  }
  return {
    status: response.status,
    contentType: response.headers.get('content-type') ?? '',
    bytes: Buffer.concat(chunks),
    retryAfterMs: retryAfterOf(response.headers.get('retry-after')),
  };
}

/** Seconds, or a date. */
function retryAfterOf(header: string | null): number | undefined {
  if (header === null) return undefined;
  const seconds = Number(header);
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}

export function jsonOf({ bytes }: Pick<Answer, 'bytes'>): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return undefined;
  }
}

async function wait(ms: number, signal: AbortSignal | undefined, engine: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(remoteFailure('CANCELLED', { engine }));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, ms);
    if (signal?.aborted === true) stop();
    else signal?.addEventListener('abort', stop, { once: true });
  });
}
