import { InferenceError } from '../errors.ts';
import { buildTokenizer, type TokenizerFiles } from './build-tokenizer.ts';

/** Token ids of one text, always of the same length. */
interface TokenizedText {
  /** int64 [length] */
  readonly ids: BigInt64Array;
  /** Tokens of the text itself, its start and end tokens included, before truncation. */
  readonly tokens: number;
  readonly isTruncated: boolean;
}

export interface PaddedTokenizer {
  readonly length: number;
  encode(text: string): TokenizedText;
}

export interface PaddedTokenizerOptions extends TokenizerFiles {
  readonly length: number;
  /** The token that fills up to the length; default: the token that ends every text. */
  readonly padToken?: string | undefined;
}

/** A tokenizer that pads and truncates to one length, and keeps the end token when it truncates.
 * @throws {InferenceError} MODEL_INVALID when the definition cannot be used or ends texts with no token. */
export function createPaddedTokenizer(options: PaddedTokenizerOptions): PaddedTokenizer {
  const { file, length, padToken } = options;
  const tokenizer = buildTokenizer(options);
  const endId = tokenizer.encode('').ids.at(-1);
  if (endId === undefined) {
    throw new InferenceError(
      'MODEL_INVALID',
      `${file} adds no end token to a text: expected a post-processor that does.`,
      { file },
    );
  }
  const padId = padToken === undefined ? endId : tokenizer.token_to_id(padToken);
  if (padId === undefined) {
    throw new InferenceError('MODEL_INVALID', `${file} lacks its pad token "${padToken}".`, { file });
  }
  return {
    length,
    encode(text) {
      const all = tokenizer.encode(text).ids;
      const isTruncated = all.length > length;
      const kept = isTruncated ? [...all.slice(0, length - 1), endId] : all;
      const ids = new BigInt64Array(length).fill(BigInt(padId));
      ids.set(kept.map(BigInt));
      return { ids, tokens: all.length, isTruncated };
    },
  };
}
