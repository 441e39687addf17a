import { InferenceError } from '../errors.ts';
import type { EncodedPicture } from './encode-picture.ts';
import type { LoadedVlm } from './load-vlm.ts';
import { type ChatMessage, countImages } from './messages.ts';
import { promptPositions } from './prompt-positions.ts';

/** The tokens of a request, ready for the text model. */
export interface Prompt {
  readonly ids: readonly number[];
  /** int64 [tokens, 3] */
  readonly positions: BigInt64Array;
  /** Position of the first generated token. */
  readonly nextPosition: number;
  /** Tokens that stand for pictures, in order. */
  readonly imageTokens: readonly number[];
  /** float32 [imageTokens, width] */
  readonly imageEmbeddings: Float32Array;
}

/** @throws {InferenceError} INPUT_INVALID when messages and pictures do not match. */
export function requireMatchingImages(messages: readonly ChatMessage[], images: number): void {
  const mentioned = countImages(messages);
  if (mentioned === images) return;
  throw new InferenceError('INPUT_INVALID', `The messages show ${mentioned} images, the request brings ${images}.`, {
    mentioned,
    images,
  });
}

/** Write the conversation in the model's template and put one token for every cell of every picture in its place.
 * @throws {InferenceError} INPUT_INVALID; MODEL_INVALID when the template leaves a picture out. */
export function composePrompt(
  { config, template, tokenizer, folder }: Pick<LoadedVlm, 'config' | 'template' | 'tokenizer' | 'folder'>,
  messages: readonly ChatMessage[],
  pictures: readonly EncodedPicture[],
): Prompt {
  const text = template.render(messages.map((message) => withPlainText(message, tokenizer.withoutSpecialTokens)));
  const short = tokenizer.encode(text);
  const placeholders = short.filter((id) => id === config.imageTokenId).length;
  if (placeholders !== pictures.length) {
    throw new InferenceError(
      'MODEL_INVALID',
      `${folder}: the chat template writes ${placeholders} placeholders (token ${config.imageTokenId}) for ${pictures.length} images.`,
      { file: folder },
    );
  }
  const remaining = pictures.map(({ grid }) => grid.rows * grid.columns);
  const ids = short.flatMap((id) =>
    id === config.imageTokenId ? Array<number>(remaining.shift() ?? 0).fill(id) : [id],
  );
  const { positions, next } = promptPositions(
    ids,
    config.imageTokenId,
    pictures.map(({ grid }) => grid),
  );
  return {
    ids,
    positions,
    nextPosition: next,
    imageTokens: ids.flatMap((id, token) => (id === config.imageTokenId ? [token] : [])),
    imageEmbeddings: concatenate(pictures.map(({ embeddings }) => embeddings)),
  };
}

function withPlainText(message: ChatMessage, plain: (text: string) => string): ChatMessage {
  const { role, content } = message;
  if (typeof content === 'string') return { role, content: plain(content) };
  return { role, content: content.map((part) => (part.type === 'text' ? { ...part, text: plain(part.text) } : part)) };
}

function concatenate(parts: readonly Float32Array[]): Float32Array {
  const joined = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let start = 0;
  for (const part of parts) {
    joined.set(part, start);
    start += part.length;
  }
  return joined;
}
