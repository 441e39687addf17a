import type { BaseChatModel } from '@langchain/core/language_models/chat_models';
import { AIMessage, type BaseMessage, HumanMessage, SystemMessage } from '@langchain/core/messages';
import { type ChatFailure, failureOf } from './chat-failure.ts';

// Ports of core, matched by structure: this folder imports nothing of ours.

type ChatPart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'image'; readonly bytes: Uint8Array; readonly contentType: string };

interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: readonly ChatPart[];
}

type ChatAnswer =
  | { readonly kind: 'text'; readonly text: string; readonly isCut: boolean }
  | { readonly kind: 'failed'; readonly reason: ChatFailure };

export interface ChatModel {
  readonly name: string;
  ask(messages: readonly ChatMessage[], options: { readonly signal: AbortSignal }): Promise<ChatAnswer>;
}

/** How providers say that an answer ended at its limit. */
const CUT = new Set(['length', 'max_tokens', 'MAX_TOKENS']);

/** A LangChain chat model as the port: one call without tools; what goes wrong becomes a reason and never a provider's text,
 * which may hold the key. */
export function asChatModel(name: string, model: BaseChatModel): ChatModel {
  return {
    name,
    async ask(messages, { signal }) {
      try {
        signal.throwIfAborted();
        // Not every provider stops by the signal: whoever asked stops waiting in any case.
        return answerOf(await Promise.race([model.invoke(messages.map(toLangChain), { signal }), abortOf(signal)]));
      } catch (error) {
        return { kind: 'failed', reason: signal.aborted ? 'timeout' : failureOf(error) };
      }
    },
  };
}

function answerOf(message: unknown): ChatAnswer {
  if (!AIMessage.isInstance(message)) return { kind: 'failed', reason: 'malformed' };
  const metadata = message.response_metadata;
  const ends = ['finish_reason', 'stop_reason', 'finishReason', 'done_reason'].map((key) => String(metadata[key]));
  const text = textOf(message);
  const isCut = ends.some((end) => CUT.has(end));
  // LangChain drops what providers say in place of an answer: a refusal is an answer without words.
  if (text.trim() === '') return { kind: 'failed', reason: isCut ? 'malformed' : 'answer-refused' };
  return { kind: 'text', text, isCut };
}

/** Content is a string or blocks; thoughts and calls of tools are left out. */
function textOf({ content }: AIMessage): string {
  if (typeof content === 'string') return content;
  return content
    .map((block) => (block.type === 'text' && typeof block['text'] === 'string' ? block['text'] : ''))
    .join('');
}

function toLangChain({ role, content }: ChatMessage): BaseMessage {
  const blocks = content.map((part) =>
    part.kind === 'text'
      ? { type: 'text' as const, text: part.text }
      : // The one block for pictures that every provider's package understands.
        { type: 'image_url' as const, image_url: { url: dataUrl(part.bytes, part.contentType) } },
  );
  const isText = content.every(({ kind }) => kind === 'text');
  const text = content.map((part) => (part.kind === 'text' ? part.text : '')).join('\n');
  switch (role) {
    case 'system':
      return new SystemMessage(text);
    case 'assistant':
      return new AIMessage(text);
    case 'user':
      return new HumanMessage({ content: isText ? text : blocks });
  }
}

function dataUrl(bytes: Uint8Array, contentType: string): string {
  return `data:${contentType};base64,${Buffer.from(bytes).toString('base64')}`;
}

function abortOf(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error('aborted')), { once: true });
  });
}
