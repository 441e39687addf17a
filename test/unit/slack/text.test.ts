import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeText, isRemark, linksIn, readText } from '../../../bots/slack/text.ts';

describe('what a person wrote', () => {
  it.each([
    ['<@UEASEL> make it red', 'make it red'],
    ['make it red <@UEASEL|easel>', 'make it red'],
    ['ask <@UBEN|ben> about &lt;b&gt; &amp; co', 'ask @ben about <b> & co'],
    ['like <https://a.test/x?a=1&amp;b=2|this page>', 'like https://a.test/x?a=1&b=2'],
    ['<#C1|art>, <!here> and <mailto:a@b.test|a@b.test>', '#art, @here and a@b.test'],
    ['  two   spaces\nand a line ', 'two spaces\nand a line'],
  ])('%j is read as %j', (markup, text) => {
    expect(readText(markup, 'UEASEL')).toBe(text);
  });

  it('comes back as it was from what Easel would send', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-ascii' }), (text) => {
        const plain = text.replace(/\s+/g, ' ').trim();
        expect(readText(escapeText(plain), 'UEASEL')).toBe(plain);
      }),
    );
  });

  it.each([
    'thanks',
    'Thank you so much!',
    'wow',
    'so cool!!',
    ':heart: :+1:',
    '🎉',
    'haha that’s great',
    'ok',
    'love it',
  ])('%j is a remark', (text) => {
    expect(isRemark(text)).toBe(true);
  });

  it.each([
    'make it great',
    'ok make it red',
    'undo',
    'again',
    'thanks, now make it blue',
    'no, image 2',
    'help',
    '2',
    'more contrast',
  ])('%j is not', (text) => {
    expect(isRemark(text)).toBe(false);
  });

  it('has its addresses in order', () => {
    expect(linksIn('<https://a.test/1.png> and <http://b.test/2.png|two> and https://not.marked')).toEqual([
      'https://a.test/1.png',
      'http://b.test/2.png',
    ]);
  });
});
