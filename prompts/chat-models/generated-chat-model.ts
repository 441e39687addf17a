import { BaseChatModel } from '@langchain/core/language_models/chat_models';
import { AIMessageChunk, type BaseMessage } from '@langchain/core/messages';
import { ChatGenerationChunk, type ChatResult } from '@langchain/core/outputs';

/** What the model of this machine is asked; the request of `VisionLanguageModel.generate` in inference, by structure. */
export interface GenerationRequest {
  readonly messages: readonly {
    readonly role: 'system' | 'user' | 'assistant';
    readonly content: readonly ({ readonly type: 'text'; readonly text: string } | { readonly type: 'image' })[];
  }[];
  /** One for every image part, in order. */
  readonly images: readonly Uint8Array[];
  readonly maxNewTokens?: number;
  readonly repetitionPenalty?: number;
}

interface Generated {
  readonly text: string;
  readonly finishReason: 'stop' | 'length';
}

export type Generate = (request: GenerationRequest, options: { readonly signal?: AbortSignal }) => Promise<Generated>;

export interface GeneratedChatModelFields {
  readonly generate: Generate;
  readonly maxNewTokens?: number;
  readonly repetitionPenalty?: number;
}

/** A language model of this machine as LangChain sees it: text and pictures in order, the likeliest text out. */
export class GeneratedChatModel extends BaseChatModel {
  readonly #fields: GeneratedChatModelFields;

  constructor(fields: GeneratedChatModelFields) {
    super({ maxRetries: 0 });
    this.#fields = fields;
  }

  override _llmType(): string {
    return 'generated';
  }

  override async _generate(messages: BaseMessage[], { signal }: this['ParsedCallOptions']): Promise<ChatResult> {
    const { generate, maxNewTokens, repetitionPenalty } = this.#fields;
    const images: Uint8Array[] = [];
    const request: GenerationRequest = {
      messages: messages.map((message) => ({ role: roleOf(message), content: partsOf(message, images) })),
      images,
      ...(maxNewTokens === undefined ? {} : { maxNewTokens }),
      ...(repetitionPenalty === undefined ? {} : { repetitionPenalty }),
    };
    const { text, finishReason } = await generate(request, signal === undefined ? {} : { signal });
    const message = new AIMessageChunk({ content: text, response_metadata: { finish_reason: finishReason } });
    return { generations: [new ChatGenerationChunk({ text, message })] };
  }
}

function roleOf(message: BaseMessage): 'system' | 'user' | 'assistant' {
  if (message.type === 'system') return 'system';
  return message.type === 'ai' ? 'assistant' : 'user';
}

type Part = GenerationRequest['messages'][number]['content'][number];

/** Pictures come as data URLs; their bytes are put behind each other. @throws for content that no part can hold. */
function partsOf({ content }: BaseMessage, images: Uint8Array[]): readonly Part[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  return content.map((block): Part => {
    if (block.type === 'text' && typeof block['text'] === 'string') return { type: 'text', text: block['text'] };
    const bytes = block.type === 'image_url' ? bytesOf(block['image_url']) : undefined;
    if (bytes === undefined) throw new TypeError(`the model of this machine reads no block of type ${block.type}`);
    images.push(bytes);
    return { type: 'image' };
  });
}

function bytesOf(value: unknown): Uint8Array | undefined {
  const url: unknown = typeof value === 'object' && value !== null && 'url' in value ? value.url : value;
  if (typeof url !== 'string') return undefined;
  const data = /^data:image\/[a-z.+-]+;base64,(.*)$/s.exec(url)?.[1];
  return data === undefined ? undefined : new Uint8Array(Buffer.from(data, 'base64'));
}
