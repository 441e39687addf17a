import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { readModelJson } from '../model-folder/read-json.ts';
import { buildTokenizer } from '../tokenizers/build-tokenizer.ts';

/** Text to tokens and back. */
export interface ChatTokenizer {
  encode(text: string): readonly number[];
  /** Without special tokens. Concatenated texts of whole characters are the text of the concatenated tokens. */
  decode(ids: readonly number[]): string;
  /** What people wrote, so that it can end no turn and start none: special tokens in it get a space after their first
   * character and are read as letters. */
  withoutSpecialTokens(text: string): string;
}

// Another decoder would treat the start of every piece of text as the start of the whole.
const tokenizerSchema = z.looseObject({ decoder: z.looseObject({ type: z.literal('ByteLevel') }) });

/** Open a folder's `tokenizer.json`, a byte-level vocabulary.
 * @throws {InferenceError} MODEL_MISSING, MODEL_INVALID. */
export function openChatTokenizer(folder: string): ChatTokenizer {
  const file = join(folder, 'tokenizer.json');
  const definition = readModelJson(file, 'a byte-level tokenizer', tokenizerSchema);
  const configFile = join(folder, 'tokenizer_config.json');
  const config = existsSync(configFile) ? readModelJson(configFile, "the tokenizer's settings", z.looseObject({})) : {};
  const tokenizer = buildTokenizer({ file, tokenizer: definition, config });
  const special = [...tokenizer.get_added_tokens_decoder().values()].filter((token) => token.special);
  const pattern = specialPattern(special.map(({ content }) => content));
  return {
    encode: (text) => tokenizer.encode(text).ids,
    decode: (ids) =>
      ids.length === 0
        ? ''
        : tokenizer.decode([...ids], { skip_special_tokens: true, clean_up_tokenization_spaces: false }),
    withoutSpecialTokens: (text) =>
      pattern === undefined ? text : text.replaceAll(pattern, (token) => `${token.slice(0, 1)} ${token.slice(1)}`),
  };
}

function specialPattern(tokens: readonly string[]): RegExp | undefined {
  if (tokens.length === 0) return undefined;
  // The longest first: one token may begin another.
  const sorted = tokens.toSorted((one, other) => other.length - one.length);
  return new RegExp(sorted.map((token) => token.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)).join('|'), 'gu');
}
