import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { json, type Reply, startHttpFake } from './http-fake.ts';

/** One call, whatever the protocol. */
export interface ProviderCall {
  readonly provider: 'anthropic' | 'google' | 'ollama';
  readonly key: string | undefined;
  readonly system: string;
  /** Of the last message: texts, and pictures as their media type where the protocol has one. */
  readonly said: readonly string[];
  readonly images: readonly Uint8Array[];
}

const base64 = z.base64().transform((data): Uint8Array => Buffer.from(data, 'base64'));
const text = z.object({ type: z.literal('text'), text: z.string() });

const anthropicSchema = z.looseObject({
  model: z.string(),
  max_tokens: z.int().positive(),
  system: z.union([z.string(), z.array(text).transform((parts) => parts.map((part) => part.text).join('\n'))]),
  messages: z.array(
    z.object({
      role: z.enum(['user', 'assistant']),
      content: z.array(
        z.discriminatedUnion('type', [
          text,
          z.object({
            type: z.literal('image'),
            source: z.object({ type: z.literal('base64'), media_type: z.string(), data: base64 }),
          }),
        ]),
      ),
    }),
  ),
});

const googlePart = z.union([
  z.object({ text: z.string() }),
  z.object({ inlineData: z.object({ mimeType: z.string(), data: base64 }) }),
]);
const googleSchema = z.looseObject({
  systemInstruction: z.object({ parts: z.array(z.object({ text: z.string() })) }).optional(),
  contents: z.array(z.object({ role: z.enum(['user', 'model']), parts: z.array(googlePart) })),
});

const ollamaSchema = z.looseObject({
  model: z.string(),
  stream: z.literal(true),
  messages: z.array(
    z.object({
      role: z.enum(['system', 'user', 'assistant']),
      content: z.string(),
      images: z.array(base64).optional(),
    }),
  ),
});

/** One loopback server with the chat calls of Anthropic, Google and Ollama, each as its provider describes it. */
export async function startFakeChatProviders(answer: string) {
  const calls: ProviderCall[] = [];

  function handle({ method, url = '', headers }: IncomingMessage, body: Buffer): Promise<Reply> {
    const path = new URL(url, 'http://fake').pathname;
    const route = method === 'POST' ? ROUTES.find(({ pattern }) => pattern.test(path)) : undefined;
    if (route === undefined) return Promise.resolve(json(404, { error: { message: `no ${path}` } }));
    const { call, reply } = route.serve(JSON.parse(body.toString('utf8')), headers, answer);
    calls.push(call);
    return Promise.resolve(reply);
  }

  const http = await startHttpFake(handle);
  return { url: http.url, calls, failures: http.failures, stop: http.stop };
}

type Headers = IncomingMessage['headers'];
interface Served {
  readonly call: ProviderCall;
  readonly reply: Reply;
}

const ROUTES: readonly {
  readonly pattern: RegExp;
  readonly serve: (body: unknown, headers: Headers, answer: string) => Served;
}[] = [
  { pattern: /^\/v1\/messages$/, serve: serveAnthropic },
  { pattern: /^\/v1beta\/models\/[^/]+:generateContent$/, serve: serveGoogle },
  { pattern: /^\/api\/chat$/, serve: serveOllama },
];

function serveAnthropic(body: unknown, headers: Headers, answer: string): Served {
  const { model, system, messages } = anthropicSchema.parse(body);
  const content = messages.at(-1)?.content ?? [];
  const call: ProviderCall = {
    provider: 'anthropic',
    key: headerOf(headers, 'x-api-key'),
    system,
    said: content.map((part) => (part.type === 'text' ? part.text : part.source.media_type)),
    images: content.flatMap((part) => (part.type === 'image' ? [part.source.data] : [])),
  };
  const message = {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model,
    stop_reason: 'end_turn',
    stop_sequence: null,
  };
  const reply = { ...message, content: [{ type: 'text', text: answer }], usage: { input_tokens: 9, output_tokens: 3 } };
  return { call, reply: json(200, reply) };
}

function serveGoogle(body: unknown, headers: Headers, answer: string): Served {
  const { systemInstruction, contents } = googleSchema.parse(body);
  const parts = contents.at(-1)?.parts ?? [];
  const call: ProviderCall = {
    provider: 'google',
    key: headerOf(headers, 'x-goog-api-key'),
    system: systemInstruction?.parts.map((part) => part.text).join('\n') ?? '',
    said: parts.map((part) => ('text' in part ? part.text : part.inlineData.mimeType)),
    images: parts.flatMap((part) => ('inlineData' in part ? [part.inlineData.data] : [])),
  };
  const candidate = { content: { role: 'model', parts: [{ text: answer }] }, finishReason: 'STOP', index: 0 };
  const usageMetadata = { promptTokenCount: 9, candidatesTokenCount: 3, totalTokenCount: 12 };
  return { call, reply: json(200, { candidates: [candidate], usageMetadata }) };
}

function serveOllama(body: unknown, headers: Headers, answer: string): Served {
  const { model, messages } = ollamaSchema.parse(body);
  // LangChain says a message of several parts as several messages.
  const asked = messages.filter(({ role }) => role === 'user');
  const call: ProviderCall = {
    provider: 'ollama',
    key: headerOf(headers, 'authorization'),
    system: messages.find(({ role }) => role === 'system')?.content ?? '',
    said: asked.map(({ content, images = [] }) => (images.length > 0 ? 'image' : content)),
    images: asked.flatMap(({ images = [] }) => images),
  };
  const line = (content: string, rest: object) =>
    JSON.stringify({ model, created_at: '2026-01-01T00:00:00Z', message: { role: 'assistant', content }, ...rest });
  const end = { done: true, done_reason: 'stop', total_duration: 1, eval_count: 3, prompt_eval_count: 9 };
  const half = answer.length >> 1;
  const lines = [
    line(answer.slice(0, half), { done: false }),
    line(answer.slice(half), { done: false }),
    line('', end),
  ];
  return {
    call,
    reply: { status: 200, body: `${lines.join('\n')}\n`, headers: { 'content-type': 'application/x-ndjson' } },
  };
}

function headerOf(headers: Headers, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}
