import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { InferenceError } from '../errors.ts';
import { readModelJson } from '../model-folder/read-json.ts';
import { createPaddedTokenizer, type PaddedTokenizer } from './padded-tokenizer.ts';
import { tokenContent, tokenSchema } from './special-token.ts';

const configSchema = z.looseObject({
  model_max_length: z.number().positive().optional(),
  bos_token: tokenSchema.default('<|startoftext|>'),
  eos_token: tokenSchema.default('<|endoftext|>'),
  pad_token: tokenSchema.nullish(),
});

const vocabularySchema = z.record(z.string(), z.number().int().min(0));

/** The part of CLIP's split pattern that is not about its special tokens. */
const WORDS = "'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+";

/** CLIP's tokenizer from `tokenizer.json`, or from `vocab.json` + `merges.txt`.
 * @param folder the model's `tokenizer/`.
 * @param maxPositions positions of the text encoder; texts are padded and cut to it, or to `model_max_length` if shorter.
 * @throws {InferenceError} MODEL_MISSING, MODEL_INVALID. */
export function openClipTokenizer(folder: string, maxPositions: number): PaddedTokenizer {
  const configFile = join(folder, 'tokenizer_config.json');
  const config = existsSync(configFile)
    ? readModelJson(configFile, "the tokenizer's settings", configSchema)
    : configSchema.parse({});
  const tokenizerFile = join(folder, 'tokenizer.json');
  const isFast = existsSync(tokenizerFile);
  const vocabulary = isFast ? {} : readVocabulary(folder);
  const tokenizer = isFast
    ? readModelJson(tokenizerFile, 'a tokenizer', z.looseObject({}))
    : assembleTokenizer(folder, vocabulary, tokenContent(config.bos_token), tokenContent(config.eos_token));
  return createPaddedTokenizer({
    file: isFast ? tokenizerFile : join(folder, 'vocab.json'),
    tokenizer,
    config,
    length: Math.min(maxPositions, config.model_max_length ?? maxPositions),
    padToken: config.pad_token ? tokenContent(config.pad_token) : undefined,
  });
}

function readVocabulary(folder: string): Record<string, number> {
  const file = join(folder, 'vocab.json');
  if (!existsSync(file)) {
    throw new InferenceError(
      'MODEL_MISSING',
      `${folder} holds no tokenizer: expected tokenizer.json, or vocab.json and merges.txt.`,
      { file },
    );
  }
  return readModelJson(file, "the tokenizer's vocabulary", vocabularySchema);
}

/** The definition that a fast CLIP tokenizer saves, rebuilt from the two files of a slow one.
 * @source transformers CLIPTokenizer (re-derived). */
function assembleTokenizer(folder: string, vocabulary: Record<string, number>, start: string, end: string): object {
  const special = (content: string) => ({
    id: idOf(folder, vocabulary, content),
    content,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
  });
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: [special(start), special(end)],
    normalizer: {
      type: 'Sequence',
      normalizers: [
        { type: 'NFC' },
        { type: 'Replace', pattern: { Regex: '\\s+' }, content: ' ' },
        { type: 'Lowercase' },
      ],
    },
    pre_tokenizer: {
      type: 'Sequence',
      pretokenizers: [
        {
          type: 'Split',
          pattern: { Regex: `<\\|startoftext\\|>|<\\|endoftext\\|>|${WORDS}` },
          behavior: 'Removed',
          invert: true,
        },
        { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true },
      ],
    },
    post_processor: {
      type: 'RobertaProcessing',
      sep: [end, idOf(folder, vocabulary, end)],
      cls: [start, idOf(folder, vocabulary, start)],
      trim_offsets: false,
      add_prefix_space: false,
    },
    decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: end,
      continuing_subword_prefix: '',
      end_of_word_suffix: '</w>',
      fuse_unk: false,
      byte_fallback: false,
      vocab: vocabulary,
      merges: readMerges(folder),
    },
  };
}

function readMerges(folder: string): readonly string[] {
  const file = join(folder, 'merges.txt');
  if (!existsSync(file)) {
    throw new InferenceError('MODEL_MISSING', `${file} is missing: expected the merges that belong to vocab.json.`, {
      file,
    });
  }
  return readFileSync(file, 'utf8')
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line, index) => line !== '' && !(index === 0 && line.startsWith('#version')));
}

function idOf(folder: string, vocabulary: Record<string, number>, token: string): number {
  const id = vocabulary[token];
  if (id !== undefined) return id;
  const file = join(folder, 'vocab.json');
  throw new InferenceError('MODEL_INVALID', `${file} lacks the token "${token}".`, { file });
}
