import { describe, expect, it } from 'vitest';
import { foldText } from '../../../../core/safety/fold-text.ts';

describe('foldText', () => {
  it.each([
    ['accents and case', 'NÄcKt Çà', 'nackt ca'],
    ['lookalikes of other alphabets', '\u0440\u043er\u03bd', 'porv'],
    ['characters that nobody sees', 'wo\u200brd\u00ad s\u2060o', 'word so'],
    ['wide and ornamental letters', 'ｗｉｄｅ 𝔤𝔬𝔱𝔥', 'wide goth'],
    ['words that are spelled out', 'a w.o-r_d here', 'aword word here'],
    ['signs in place of letters', 'w0rd5 4nd $igns!', 'words and signs'],
    ['letters repeated for show', 'wooooord', 'word'],
    ['words that are broken', 'wo-rd', 'word'],
    ['Chinese with spaces', '红 色 的', '红色的'],
  ])('reads %s', (_, written, meant) => {
    expect(foldText(written)).toContain(meant);
  });

  it('keeps Korean syllables and Japanese voicing marks whole', () => {
    expect(foldText('누드')).toEqual(['누드']);
    expect(foldText('ガラスのバラ')).toEqual(['ガラスのバラ']);
  });

  it('leaves an ordinary sentence as one reading', () => {
    expect(foldText('A red bag, please.')).toEqual(['a red bag please']);
  });
});
