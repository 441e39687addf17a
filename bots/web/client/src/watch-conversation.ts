import type * as z from 'zod/mini';
import { imageViewSchema, previewViewSchema, progressViewSchema, turnViewSchema } from '../../protocol.ts';
import type { ConversationChange } from './conversation-state.ts';

export interface WatchListener {
  change(change: ConversationChange): void;
  connection(isConnected: boolean): void;
}

const FIRST_RETRY_MS = 1000;
const LONGEST_RETRY_MS = 10_000;

/**
 * Hear every change of a conversation. The browser reconnects by itself after a lost line, saying what it heard last; after
 * an HTTP error it gives up, and this goes on. @returns how to stop.
 */
export function watchConversation(id: string, revision: number, listener: WatchListener): () => void {
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let retryMs = FIRST_RETRY_MS;
  let heard = String(revision);

  function connect(): void {
    const opened = new EventSource(`/api/conversations/${id}/events?after=${heard}`);
    source = opened;

    function on<S extends z.ZodMiniType>(
      name: string,
      schema: S,
      read: (data: z.infer<S>) => ConversationChange,
    ): void {
      opened.addEventListener(name, (event: MessageEvent<string>) => {
        if (event.lastEventId !== '') heard = event.lastEventId;
        listener.change(read(schema.parse(JSON.parse(event.data))));
      });
    }
    on('image', imageViewSchema, (image) => ({ kind: 'image', image }));
    on('turn', turnViewSchema, (turn) => ({ kind: 'turn', turn }));
    on('progress', progressViewSchema, (progress) => ({ kind: 'progress', progress }));
    on('preview', previewViewSchema, (preview) => ({ kind: 'preview', preview }));

    opened.addEventListener('open', () => {
      retryMs = FIRST_RETRY_MS;
      listener.connection(true);
    });
    opened.addEventListener('error', () => {
      listener.connection(false);
      if (opened.readyState !== EventSource.CLOSED) return;
      timer = setTimeout(connect, retryMs);
      retryMs = Math.min(2 * retryMs, LONGEST_RETRY_MS);
    });
  }

  connect();
  return () => {
    clearTimeout(timer);
    source?.close();
  };
}
