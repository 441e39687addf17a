import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { judgeText } from '../../../../core/safety/text-policy.ts';
import { ALLOWED, REFUSED } from './phrases.ts';

describe('judgeText', () => {
  it.each(REFUSED)('refuses (%s): %s', (category, text) => {
    expect(judgeText(text)).toEqual({ verdict: 'refuse', category });
  });

  it.each(ALLOWED)('allows: %s', (text) => {
    expect(judgeText(text)).toEqual({ verdict: 'ok' });
  });

  it('allows every request of the benchmarks, in eight languages', () => {
    const { cases } = JSON.parse(readFileSync('bench/quality/cases/cases.json', 'utf8'));
    const byHand = readFileSync('bench/interpret/cases/hand.jsonl', 'utf8').trim().split('\n');
    const texts: readonly string[] = [
      ...cases.flatMap((each: Readonly<Record<string, string>>) => [each['instruction'], each['description']]),
      ...byHand.map((line) => JSON.parse(line).text),
    ];
    expect(texts.length).toBeGreaterThan(900);
    expect(texts.filter((text) => judgeText(text).verdict !== 'ok')).toEqual([]);
  });

  it('takes who is young from what the pictures show', () => {
    expect(judgeText('make it sexy', 'A child in a red dress')).toEqual({ verdict: 'refuse', category: 'minors' });
    expect(judgeText('make it red', 'A child in a red dress')).toEqual({ verdict: 'ok' });
    expect(judgeText('make it sexy', 'A red car')).toEqual({ verdict: 'ok' });
  });

  it('finds what is hidden at the end of the longest text, at once', () => {
    const filler = 'a red bag on a blue striped background, '.repeat(98);
    const started = performance.now();
    expect(judgeText(`${filler} make her nude`)).toMatchObject({ verdict: 'refuse' });
    expect(judgeText('a '.repeat(2000))).toEqual({ verdict: 'ok' });
    expect(judgeText('remove the all off '.repeat(200))).toEqual({ verdict: 'ok' });
    expect(performance.now() - started).toBeLessThan(2000);
  });
});
