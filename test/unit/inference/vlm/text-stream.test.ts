import { describe, expect, it } from 'vitest';
import { openChatTokenizer } from '../../../../inference/vlm/chat-tokenizer.ts';
import { createTextStream } from '../../../../inference/vlm/text-stream.ts';
import { tinyVlm } from '../../../support/tiny-vlm.ts';

const tokenizer = openChatTokenizer(tinyVlm('flat'));

/** Every byte is a token of its own. */
function decodeBytes(ids: readonly number[]): string {
  return new TextDecoder().decode(Uint8Array.from(ids));
}

function pieces(decode: (ids: readonly number[]) => string, ids: readonly number[]): string[] {
  const stream = createTextStream(decode);
  return [...ids.map((id) => stream.push(id)), stream.end()];
}

describe('createTextStream', () => {
  it('holds a character back until its last byte has come', () => {
    const bytes = [...new TextEncoder().encode('aé猫🐈b')];
    expect(pieces(decodeBytes, bytes)).toEqual(['a', '', 'é', '', '', '猫', '', '', '', '🐈', 'b', '']);
  });

  it('gives the whole text of the tokenizer, never half a character', () => {
    const text = 'Größer! 把猫变成蓝色。고양이 🎨👩‍🎨 s’il te plaît';
    const ids = tokenizer.encode(text);
    const parts = pieces(tokenizer.decode, ids);
    expect(ids.length).toBeGreaterThan(text.length / 2);
    expect(parts.join('')).toBe(text);
    // With the flag u, a surrogate alone is half a character.
    expect(parts.filter((part) => /[\uFFFD\uD800-\uDFFF]/u.test(part))).toEqual([]);
    expect(parts.filter((part) => part === '').length).toBeGreaterThan(10);
  });

  it('shows bytes that are no text once something readable follows, or at the end', () => {
    expect(pieces(decodeBytes, [0xff, 0x41])).toEqual(['', '\uFFFDA', '']);
    expect(pieces(decodeBytes, [0x41, 0xe7, 0x8c])).toEqual(['A', '', '', '\uFFFD']);
  });

  it('leaves special tokens out', () => {
    const ids = tokenizer.encode('cat<|im_end|>dog');
    expect(pieces(tokenizer.decode, ids).join('')).toBe('catdog');
  });
});
