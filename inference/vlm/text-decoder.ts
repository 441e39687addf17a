import { yieldToCancellation } from '../runtime/cancellation.ts';
import { floatOutput, type Tensors } from '../runtime/session.ts';
import type { Prompt } from './compose-prompt.ts';
import { createKeyValueCache } from './key-value-cache.ts';
import type { LoadedVlm } from './load-vlm.ts';

/** The text model on its way through one text. */
export interface DecodingText {
  /** Read the prompt, once.
   * @returns logits float32 [vocabulary] of the first new token.
   * @throws {InferenceError} CANCELLED between two pieces. */
  readPrompt(signal: AbortSignal | undefined): Promise<Float32Array>;
  /** Read one more token. @returns logits of the next. */
  readToken(id: number): Promise<Float32Array>;
}

// The attention of a piece holds heads * piece * prompt scores at once: of a long prompt as a whole, gigabytes.
const PIECE_TOKENS = 256;

interface Span {
  readonly ids: readonly number[];
  /** int64 [ids, 3] */
  readonly positions: BigInt64Array;
  /** Rows of `ids` that stand for pictures. */
  readonly imageRows: readonly number[];
  readonly imageEmbeddings: Float32Array;
}

export function startDecoding(
  { config, decoder }: LoadedVlm,
  prompt: Prompt,
  { pieceTokens = PIECE_TOKENS }: { readonly pieceTokens?: number | undefined } = {},
): DecodingText {
  const { width } = config.text;
  const cache = createKeyValueCache(config.text);
  let nextPosition = prompt.nextPosition;

  async function read({ ids, positions, imageRows, imageEmbeddings }: Span): Promise<Float32Array> {
    const feeds: Tensors = {
      input_ids: { shape: [ids.length], data: BigInt64Array.from(ids, BigInt) },
      positions: { shape: [ids.length, 3], data: positions },
      image_rows: { shape: [imageRows.length, 1], data: BigInt64Array.from(imageRows, BigInt) },
      image_embeddings: { shape: [imageRows.length, width], data: imageEmbeddings },
      ...cache.feeds(),
    };
    const outputs = await decoder.run(feeds);
    cache.append(outputs, ids.length);
    return floatOutput(outputs, 'logits');
  }

  return {
    async readPrompt(signal) {
      let logits: Float32Array = new Float32Array(0);
      for (let start = 0; start < prompt.ids.length; start += pieceTokens) {
        await yieldToCancellation(signal);
        logits = await read(spanOf(prompt, start, Math.min(start + pieceTokens, prompt.ids.length), width));
      }
      return logits;
    },
    readToken(id) {
      const position = BigInt(nextPosition++);
      const positions = BigInt64Array.of(position, position, position);
      return read({ ids: [id], positions, imageRows: [], imageEmbeddings: new Float32Array(0) });
    },
  };
}

function spanOf(prompt: Prompt, start: number, end: number, width: number): Span {
  const before = prompt.imageTokens.filter((token) => token < start).length;
  const inside = prompt.imageTokens.filter((token) => token >= start && token < end);
  return {
    ids: prompt.ids.slice(start, end),
    positions: prompt.positions.subarray(start * 3, end * 3),
    imageRows: inside.map((token) => token - start),
    imageEmbeddings: prompt.imageEmbeddings.subarray(before * width, (before + inside.length) * width),
  };
}
