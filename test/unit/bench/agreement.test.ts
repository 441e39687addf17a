import { describe, expect, it } from 'vitest';
import { countPairs, decidePair } from '../../../bench/compare/compare-results.ts';
import { agreementTable, summarizeVlm } from '../../../bench/quality/agreement-table.ts';
import { failedVerdict } from '../../../bench/quality/verdict.ts';
import { agreementOf } from '../../../bench/vlm-judge/agreement.ts';
import { parseChoice } from '../../../bench/vlm-judge/ask-choice.ts';
import type { PairVerdict } from '../../../bench/vlm-judge/judge-pair.ts';

const times = <Item>(count: number, item: Item) => Array.from({ length: count }, () => item);

describe('the agreement of two judges', () => {
  it('is the share, and how much of it is more than chance', () => {
    // 20 both yes, 5 and 10 apart, 15 both no: the example that is in every textbook.
    const pairs = [
      ...times(20, [true, true] as const),
      ...times(5, [true, false] as const),
      ...times(10, [false, true] as const),
      ...times(15, [false, false] as const),
    ];
    expect(agreementOf(pairs)).toEqual({ pairs: 50, share: 0.7, kappa: 0.4 });
    expect(agreementOf(times(3, [true, true] as const))).toEqual({ pairs: 3, share: 1, kappa: null });
    expect(agreementOf([])).toBeNull();
  });

  it('leaves out what a model did not answer', () => {
    const yes = { kind: 'answered', answer: 'yes', reason: '' } as const;
    const none = { kind: 'unanswered', problem: 'timeout' } as const;
    const right = { passed: true, instruction: true, kept: true, undamaged: true, problems: [] };
    const outputs = [
      { verdict: right, vlm: { instruction: yes, kept: yes, undamaged: yes, passed: true } },
      { verdict: failedVerdict('wrong'), vlm: { instruction: yes, kept: none, undamaged: yes, passed: null } },
      { verdict: right, vlm: null },
    ];
    expect(summarizeVlm(outputs)).toEqual({
      ...{ judged: 2, unanswered: 1, passed: 1 },
      agreement: { pairs: 1, share: 1, kappa: null },
    });
    const lines = agreementTable('local', outputs).split('\n');
    expect(lines.find((line) => line.startsWith('instruction'))).toMatch(/2 +50\.0 % +100\.0 % +50\.0 % +0\.00$/);
    expect(lines.find((line) => line.startsWith('kept'))).toMatch(/1 +100\.0 % +100\.0 % +100\.0 % +-$/);
  });
});

describe('the answer of a model', () => {
  it.each([
    ['{"reason": "it is blue", "answer": "yes"}', 'yes'],
    ['```json\n{"reason": "no", "answer": "No"}\n```', 'no'],
    ['I first thought {"answer": "yes"}, but {"answer": "no", "reason": "blurred"}', 'no'],
  ])('is the last object that answers: %s', (text, answer) => {
    expect(parseChoice(text, ['yes', 'no'])).toMatchObject({ kind: 'answered', answer });
  });

  it.each(['Yes.', '{"answer": "maybe"}', '{"answer": ', '{"reason": "yes"}'])('is none: %s', (text) => {
    expect(parseChoice(text, ['yes', 'no'])).toBeUndefined();
  });
});

describe('a comparison', () => {
  const verdict = (winner: PairVerdict['winner'], disagreed = false) => ({ winner, disagreed, reasons: [] });

  it('counts wins, ties and the share among what was decided', () => {
    const verdicts = [...times(3, verdict(0)), verdict(1), verdict('tie'), verdict('tie', true), verdict(null)];
    expect(countPairs(verdicts)).toEqual({
      ...{ cases: 7, wins: [3, 1], ties: 2, disagreed: 1, unanswered: 1, winRate: 0.75 },
      ci95: [0.3006, 0.9544],
    });
    expect(countPairs([])).toMatchObject({ winRate: null, ci95: null });
  });

  it('prefers a picture to none without asking', async () => {
    const never = () => Promise.reject(new Error('asked'));
    const pair = { id: 'a', text: 'x', inputs: [] };
    const picture = new Uint8Array(1);
    expect((await decidePair({ ...pair, outputs: [picture, null] }, never)).winner).toBe(0);
    expect((await decidePair({ ...pair, outputs: [null, picture] }, never)).winner).toBe(1);
    expect((await decidePair({ ...pair, outputs: [null, null] }, never)).winner).toBe('tie');
  });
});
