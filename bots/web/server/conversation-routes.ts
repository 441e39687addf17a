import { type Context, Hono } from 'hono';
import { SSEStreamingApi } from 'hono/streaming';
import type { TurnProgress } from '../../../core/cards.ts';
import type { Conversation } from '../../../core/domain.ts';
import { AppError } from '../../../core/errors.ts';
import { type ConversationId, conversationIdSchema } from '../../../core/ids.ts';
import { isEnded } from '../../../core/turns.ts';
import { readTurnProgress } from '../../shared/turn-progress.ts';
import type { Accepted, Created } from '../protocol.ts';
import type { WebDeps, WebEnv } from './deps.ts';
import { type StreamTimes, streamConversation } from './event-stream.ts';
import { readMessage } from './read-message.ts';
import { viewConversation } from './views.ts';
import { WEB } from './web-platform.ts';

export interface ConversationRouteOptions {
  readonly times: StreamTimes;
  /** Aborted when the server stops. */
  readonly stopping: AbortSignal;
}

/** `/api/conversations`: begin one, say something, see all of it, watch it change. */
export function createConversationRoutes(deps: WebDeps, { times, stopping }: ConversationRouteOptions): Hono<WebEnv> {
  const { manager, jobs, texts, metrics } = deps;

  async function progressOf(document: Conversation): Promise<ReadonlyMap<string, TurnProgress>> {
    const open = document.turns.filter((turn) => !isEnded(turn));
    return new Map(await Promise.all(open.map(async (turn) => [turn.id, await readTurnProgress(jobs, turn)] as const)));
  }

  return new Hono<WebEnv>()
    .post('/', async (c) => {
      const { id } = await manager.open({ platform: WEB, cards: false });
      return c.json({ id } satisfies Created, 201);
    })
    .get('/:id', async (c) => {
      const document = await manager.get(idOf(c));
      return c.json(viewConversation(document, await progressOf(document), texts));
    })
    .post('/:id/messages', async (c) => {
      const id = idOf(c);
      await manager.get(id);
      const signal = AbortSignal.any([c.req.raw.signal, stopping]);
      const form = await readMessage(
        deps,
        { contentType: c.req.header('content-type'), body: c.req.raw.body },
        { signal },
      );
      const messageId = form.messageId ?? crypto.randomUUID();
      const received = await manager.receive(id, { ...form, messageId });
      if (!received.isRepeat) metrics.count('easel_web_messages_total');
      for (const image of form.images) metrics.count('easel_web_images_total', { status: image.status });
      const images = received.images.map(({ number, status }) => ({ number, status }));
      return c.json({ turnId: received.turn.id, images } satisfies Accepted, 202);
    })
    .get('/:id/events', async (c) => {
      const conversationId = idOf(c);
      await manager.get(conversationId);
      const signal = AbortSignal.any([c.req.raw.signal, stopping]);
      return openStream(c, deps, { conversationId, after: revisionOf(c), signal, times });
    });
}

function openStream(c: Context<WebEnv>, deps: WebDeps, options: Parameters<typeof streamConversation>[2]): Response {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const stream = new SSEStreamingApi(writable, readable);
  const gone = new AbortController();
  stream.onAbort(() => gone.abort());
  const signal = AbortSignal.any([options.signal, gone.signal]);
  const sink = {
    send: (event: Parameters<typeof stream.writeSSE>[0]) => stream.writeSSE(event),
    async beat() {
      await stream.write(': alive\n\n');
    },
  };

  async function run(): Promise<void> {
    deps.metrics.change('easel_web_event_streams', 1);
    try {
      await streamConversation(deps, sink, { ...options, signal });
    } catch {
      // Logged where it happened; for the reader the stream just ends, and it connects again.
    } finally {
      deps.metrics.change('easel_web_event_streams', -1);
      await stream.close();
    }
  }

  // The response is sent while this goes on; it never rejects.
  void run();
  c.header('Content-Type', 'text/event-stream; charset=utf-8');
  c.header('X-Accel-Buffering', 'no');
  // A connection kept after the stream's end would only hold up a server that stops.
  c.header('Connection', 'close');
  return c.newResponse(stream.responseReadable);
}

function idOf(c: Context<WebEnv>): ConversationId {
  const id = conversationIdSchema.safeParse(c.req.param('id'));
  if (!id.success) throw new AppError('CONVERSATION_UNKNOWN', {});
  return id.data;
}

/** The browser says by itself what it heard last; on a first connection the page says it in the address. */
function revisionOf(c: Context<WebEnv>): number | undefined {
  const text = c.req.header('last-event-id') ?? c.req.query('after') ?? '';
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}
