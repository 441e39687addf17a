import {
  type Accepted,
  acceptedSchema,
  type ConversationView,
  conversationViewSchema,
  createdSchema,
} from '../../../bots/web/protocol.ts';

export interface WebMessage {
  readonly text?: string;
  readonly images?: readonly Uint8Array[];
  readonly imageNumbers?: readonly number[];
  readonly mode?: string;
  readonly engine?: string;
  readonly messageId?: string;
}

export interface StreamEvent {
  readonly event: string;
  readonly id: string | undefined;
  readonly data: { readonly [key: string]: unknown };
}

/** Speaks the HTTP interface as a program would. */
export function createWebClient(url: string) {
  async function createConversation(): Promise<string> {
    const response = await fetch(`${url}/api/conversations`, { method: 'POST' });
    return createdSchema.parse(await response.json()).id;
  }

  function post(id: string, message: WebMessage): Promise<Response> {
    const form = new FormData();
    if (message.text !== undefined) form.set('text', message.text);
    if (message.mode !== undefined) form.set('mode', message.mode);
    if (message.engine !== undefined) form.set('engine', message.engine);
    if (message.messageId !== undefined) form.set('messageId', message.messageId);
    for (const number of message.imageNumbers ?? []) form.append('imageNumber', String(number));
    for (const [index, image] of (message.images ?? []).entries()) {
      form.append('image', new Blob([new Uint8Array(image)]), `picture-${index + 1}.png`);
    }
    return fetch(`${url}/api/conversations/${id}/messages`, { method: 'POST', body: form });
  }

  async function send(id: string, message: WebMessage): Promise<Accepted> {
    const response = await post(id, message);
    if (response.status !== 202) throw new Error(`${response.status}: ${await response.text()}`);
    return acceptedSchema.parse(await response.json());
  }

  async function read(id: string): Promise<ConversationView> {
    const response = await fetch(`${url}/api/conversations/${id}`);
    return conversationViewSchema.parse(await response.json());
  }

  function press(turnId: string, button: string, body: unknown = {}): Promise<Response> {
    return fetch(`${url}/api/turns/${turnId}/${button}`, { method: 'POST', body: JSON.stringify(body) });
  }

  /** Opens the event stream. `until` reads on to the first event that fits and returns all that came up to it. */
  async function watch(id: string, headers: Readonly<Record<string, string>> = {}) {
    const gone = new AbortController();
    const response = await fetch(`${url}/api/conversations/${id}/events`, { headers, signal: gone.signal });
    const events = response.body === null ? undefined : parseEvents(response.body);
    return {
      response,
      async until(fits: (event: StreamEvent) => boolean): Promise<readonly StreamEvent[]> {
        const seen: StreamEvent[] = [];
        for (;;) {
          const next = await events?.next();
          if (next === undefined || next.done === true) throw new Error(`The stream ended after ${seen.length} events`);
          seen.push(next.value);
          if (fits(next.value)) return seen;
        }
      },
      close: () => gone.abort(),
    };
  }

  /** Wait until the turn has ended, by its events. */
  async function ended(id: string, turnId: string): Promise<ConversationView> {
    const stream = await watch(id);
    await stream.until(
      ({ event, data }) =>
        event === 'turn' && data['id'] === turnId && ['done', 'failed', 'cancelled'].includes(String(data['status'])),
    );
    stream.close();
    return await read(id);
  }

  return { createConversation, post, send, read, press, watch, ended };
}

async function* parseEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<StreamEvent, void, undefined> {
  let pending = '';
  for await (const chunk of body.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>)) {
    pending += chunk;
    const blocks = pending.split('\n\n');
    pending = blocks.pop() ?? '';
    for (const block of blocks) {
      const fields = Object.fromEntries(
        block.split('\n').map((line) => [line.split(': ', 1)[0], line.replace(/^\w*: /, '')]),
      );
      if (fields['event'] === undefined) {
        yield { event: 'heartbeat', id: undefined, data: {} };
      } else {
        yield { event: fields['event'], id: fields['id'], data: JSON.parse(fields['data'] ?? '{}') };
      }
    }
  }
}

/** A conversation there, just begun. `ask` says something in it, and resolves with all of it when the turn has ended. */
export async function beginConversation(url: string) {
  const chat = createWebClient(url);
  const id = await chat.createConversation();
  return {
    ask: async (message: WebMessage) => await chat.ended(id, (await chat.send(id, message)).turnId),
    post: (message: WebMessage) => chat.post(id, message),
  };
}
