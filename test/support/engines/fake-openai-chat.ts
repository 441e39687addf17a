import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { type Fault, json, type Reply, startHttpFake, withFault } from './http-fake.ts';

const textBlock = z.object({ type: z.literal('text'), text: z.string() });
const imageBlock = z.object({
  type: z.literal('image_url'),
  image_url: z.object({ url: z.string().regex(/^data:image\/(?:png|jpeg|webp|gif);base64,[A-Za-z0-9+/]+=*$/) }),
});
const content = z.union([z.string(), z.array(z.discriminatedUnion('type', [textBlock, imageBlock])).min(1)]);
const completionSchema = z.looseObject({
  model: z.string().min(1),
  messages: z.array(z.object({ role: z.enum(['system', 'developer', 'user', 'assistant']), content: content })).min(1),
});

export interface ChatCall {
  readonly authorization: string | undefined;
  readonly model: string;
  readonly roles: readonly string[];
  /** Everything that was said, texts and pictures (as `<image>`) in their order, message by message. */
  readonly said: readonly string[];
  readonly images: readonly Uint8Array[];
}

/** What a model says to a call; `refusal` as OpenAI's field has it. */
export type Said = string | { readonly refusal: string } | { readonly cut: string };

export interface FakeChatOptions {
  /** Absent: any, or none. */
  readonly key?: string;
  readonly answer: (call: ChatCall) => Said;
}

/** A server of OpenAI's chat completions, its errors included. A call may be met by a fault that was put in line before. */
export async function startFakeOpenAiChat({ key, answer }: FakeChatOptions) {
  const calls: ChatCall[] = [];
  const faults: Fault[] = [];

  async function handle({ method, url, headers }: IncomingMessage, body: Buffer, gone: AbortSignal): Promise<Reply> {
    if (method !== 'POST' || url !== '/v1/chat/completions') return problem(404, 'Not found.');
    const { authorization } = headers;
    if (key !== undefined && authorization !== `Bearer ${key}`)
      return problem(401, `Incorrect API key provided: ${(authorization ?? '').replace('Bearer ', '')}.`);
    const parsed = completionSchema.safeParse(JSON.parse(body.toString('utf8')));
    if (!parsed.success) return problem(400, z.prettifyError(parsed.error));
    const call = readCall(parsed.data, authorization);
    calls.push(call);
    const fault = faults.shift();
    if (fault !== undefined) return await withFault(fault, completion(call.model, ''), gone);
    return completion(call.model, answer(call));
  }

  const http = await startHttpFake(handle);
  return { baseUrl: `${http.url}/v1`, calls, faults, failures: http.failures, stop: http.stop };
}

function readCall({ model, messages }: z.infer<typeof completionSchema>, authorization: string | undefined): ChatCall {
  const images: Uint8Array[] = [];
  const said = messages.map(({ content: parts }) => {
    if (typeof parts === 'string') return parts;
    return parts
      .map((part) => {
        if (part.type === 'text') return part.text;
        images.push(Buffer.from(part.image_url.url.replace(/^[^,]*,/, ''), 'base64'));
        return '<image>';
      })
      .join('\n');
  });
  return { authorization, model, roles: messages.map(({ role }) => role), said, images };
}

function completion(model: string, said: Said): Reply {
  const spoken = typeof said === 'string' ? { content: said } : 'cut' in said ? { content: said.cut } : said;
  const message = { role: 'assistant', content: null, refusal: null, ...spoken };
  const finish_reason = typeof said === 'object' && 'cut' in said ? 'length' : 'stop';
  return json(200, {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1,
    model,
    choices: [{ index: 0, message, finish_reason, logprobs: null }],
    usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
  });
}

function problem(status: number, message: string): Reply {
  return json(status, { error: { message, type: 'invalid_request_error', param: null, code: null } });
}
