import { Tokenizer } from '@huggingface/tokenizers';
import { InferenceError } from '../errors.ts';

export interface TokenizerFiles {
  /** Where the definition comes from, for the error. */
  readonly file: string;
  /** Content of tokenizer.json. */
  readonly tokenizer: object;
  /** Content of tokenizer_config.json. */
  readonly config: object;
}

/** @throws {InferenceError} MODEL_INVALID, naming the file. */
export function buildTokenizer({ file, tokenizer, config }: TokenizerFiles): Tokenizer {
  try {
    return new Tokenizer(tokenizer, config);
  } catch (error) {
    throw new InferenceError(
      'MODEL_INVALID',
      `${file} describes no tokenizer that can be used: ${error instanceof Error ? error.message : String(error)}`,
      { file },
      { cause: error },
    );
  }
}
