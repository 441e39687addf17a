import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { readModelJson } from '../model-folder/read-json.ts';
import { createPaddedTokenizer, type PaddedTokenizer } from './padded-tokenizer.ts';
import { tokenContent, tokenSchema } from './special-token.ts';

const configSchema = z.looseObject({ pad_token: tokenSchema.default('<pad>') });

/** T5's tokenizer from `tokenizer.json` (Unigram), padded with its pad token.
 * @param folder the model's `tokenizer_2/`.
 * @param length text tokens that the transformer reads; pads attend and are attended, so the length changes results.
 * @throws {InferenceError} MODEL_MISSING, MODEL_INVALID. */
export function openT5Tokenizer(folder: string, length: number): PaddedTokenizer {
  const file = join(folder, 'tokenizer.json');
  const configFile = join(folder, 'tokenizer_config.json');
  const config = existsSync(configFile)
    ? readModelJson(configFile, "the tokenizer's settings", configSchema)
    : configSchema.parse({});
  return createPaddedTokenizer({
    file,
    tokenizer: readModelJson(file, "T5's tokenizer", z.looseObject({})),
    config,
    length,
    padToken: tokenContent(config.pad_token),
  });
}
