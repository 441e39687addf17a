import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openClipTokenizer } from '../../../../inference/tokenizers/clip.ts';
import { openT5Tokenizer } from '../../../../inference/tokenizers/t5.ts';

// Expected ids: transformers 5.23 CLIPTokenizer and T5Tokenizer on the same vocabularies.

const CHARACTERS = "abcdeghilmnoprstx12.!'".split('');
const MERGES = ['a t</w>', 'c at</w>', 'i m', 'a g', 'im ag', 'imag e</w>', "' s</w>"];
const VOCABULARY = Object.fromEntries(
  [
    ...CHARACTERS,
    ...CHARACTERS.map((character) => `${character}</w>`),
    ...MERGES.map((merge) => merge.replace(' ', '')),
    '<|startoftext|>',
    '<|endoftext|>',
  ].map((token, id) => [token, id]),
);

const PIECES = [
  ['<pad>', 0],
  ['</s>', 0],
  ['<unk>', 0],
  ['▁', -3],
  ['▁the', -2],
  ['▁cat', -2.5],
  ['s', -3.5],
  ['▁image', -2.2],
  ['▁1', -3.1],
  ['2', -3.2],
  ...['c', 'a', 't', 'h', 'e'].map((piece) => [piece, -6]),
  ['.', -4],
];

function t5Definition(postProcessor: object | null) {
  return {
    version: '1.0',
    truncation: { direction: 'Right', max_length: 3, strategy: 'LongestFirst', stride: 0 },
    padding: null,
    added_tokens: ['<pad>', '</s>', '<unk>'].map((content, id) => ({
      id,
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    })),
    normalizer: null,
    pre_tokenizer: {
      type: 'Sequence',
      pretokenizers: [
        { type: 'WhitespaceSplit' },
        { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always', split: true },
      ],
    },
    post_processor: postProcessor,
    decoder: { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always', split: true },
    model: { type: 'Unigram', unk_id: 2, vocab: PIECES, byte_fallback: false },
  };
}

const END_OF_TEXT = {
  type: 'TemplateProcessing',
  single: [{ Sequence: { id: 'A', type_id: 0 } }, { SpecialToken: { id: '</s>', type_id: 0 } }],
  pair: [],
  special_tokens: { '</s>': { id: '</s>', ids: [1], tokens: ['</s>'] } },
};

let folder = '';
const write = (name: string, content: string | object) =>
  writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
const numbers = (ids: BigInt64Array) => [...ids].map(Number);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'easel-tokenizer-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe('openClipTokenizer from vocab.json and merges.txt', () => {
  beforeEach(() => {
    write('vocab.json', VOCABULARY);
    write('merges.txt', `#version: 0.2\n${MERGES.join('\n')}\n`);
  });

  it.each([
    ['  CAT\n in  image 12!', [51, 45, 7, 32, 49, 39, 40, 42, 52]],
    ["the cat's image", [51, 15, 6, 26, 45, 50, 49, 52]],
    ['', [51, 52]],
    ['cat <|endoftext|> cat', [51, 45, 52, 45, 52]],
  ])('splits %j as the reference does', (text, expected) => {
    const { ids, tokens, isTruncated } = openClipTokenizer(folder, 77).encode(text);
    expect(numbers(ids)).toEqual([...expected, ...Array.from({ length: 77 - expected.length }, () => 52)]);
    expect(tokens).toBe(expected.length);
    expect(isTruncated).toBe(false);
  });

  it('keeps the end token when it truncates', () => {
    const { ids, isTruncated } = openClipTokenizer(folder, 8).encode('cat '.repeat(9));
    expect(numbers(ids)).toEqual([51, 45, 45, 45, 45, 45, 45, 52]);
    expect(isTruncated).toBe(true);
  });

  it('follows pad token and length of tokenizer_config.json', () => {
    write('tokenizer_config.json', { pad_token: { content: '!' }, model_max_length: 6 });
    expect(numbers(openClipTokenizer(folder, 77).encode('cat').ids)).toEqual([
      51,
      45,
      52,
      VOCABULARY['!'],
      VOCABULARY['!'],
      VOCABULARY['!'],
    ]);
  });

  it('names the file that is missing or wrong', () => {
    rmSync(join(folder, 'merges.txt'));
    expect(() => openClipTokenizer(folder, 77)).toThrow(
      expect.objectContaining({ code: 'MODEL_MISSING', message: expect.stringContaining('merges.txt') }),
    );
    rmSync(join(folder, 'vocab.json'));
    expect(() => openClipTokenizer(folder, 77)).toThrow(
      expect.objectContaining({
        code: 'MODEL_MISSING',
        message: expect.stringContaining('expected tokenizer.json, or vocab.json and merges.txt'),
      }),
    );
    write('vocab.json', { a: 0 });
    write('merges.txt', '');
    expect(() => openClipTokenizer(folder, 77)).toThrow(
      expect.objectContaining({ code: 'MODEL_INVALID', message: expect.stringContaining('<|startoftext|>') }),
    );
  });
});

describe('openT5Tokenizer', () => {
  it.each([
    ['the cats  image 12.', [4, 5, 6, 7, 8, 9, 15, 1]],
    ['', [1]],
    ['zebra the', [3, 2, 14, 2, 11, 4, 1]],
    ['\tcat\n', [5, 1]],
  ])('splits %j as the reference does and pads with 0', (text, expected) => {
    write('tokenizer.json', t5Definition(END_OF_TEXT));
    const { ids, isTruncated } = openT5Tokenizer(folder, 12).encode(text);
    expect(numbers(ids)).toEqual([...expected, ...Array.from({ length: 12 - expected.length }, () => 0)]);
    expect(isTruncated).toBe(false);
  });

  it('keeps the end token when it truncates, and counts what there was', () => {
    write('tokenizer.json', t5Definition(END_OF_TEXT));
    const text = openT5Tokenizer(folder, 6).encode('the cat '.repeat(9));
    expect(numbers(text.ids)).toEqual([4, 5, 4, 5, 4, 1]);
    expect(text).toMatchObject({ isTruncated: true, tokens: 19 });
  });

  it('refuses a definition that ends no text, is no JSON, or is missing', () => {
    expect(() => openT5Tokenizer(folder, 6)).toThrow(
      expect.objectContaining({ code: 'MODEL_MISSING', message: expect.stringContaining('tokenizer.json') }),
    );
    write('tokenizer.json', '{"version": ');
    expect(() => openT5Tokenizer(folder, 6)).toThrow(
      expect.objectContaining({ code: 'MODEL_INVALID', message: expect.stringContaining('tokenizer.json') }),
    );
    write('tokenizer.json', t5Definition(null));
    expect(() => openT5Tokenizer(folder, 6)).toThrow(
      expect.objectContaining({ code: 'MODEL_INVALID', message: expect.stringContaining('end token') }),
    );
  });
});
