import { describe, expect, it } from 'vitest';
import { compareDetail, compareKept } from '../../../bench/quality/compare-pixels.ts';
import { damagePicture } from '../../../bench/quality/damage.ts';
import { believedHeads, readLogits } from '../../../bench/quality/open-judge.ts';
import { askedHeads, decide, examine, type Findings } from '../../../bench/quality/verdict.ts';
import {
  card,
  casePictures,
  editCase,
  fakeJudge,
  paint,
  rightReading,
  stripes,
} from '../../support/builders/quality-case.ts';

const findings = (changes: Partial<Findings> = {}): Findings => ({
  reading: rightReading(),
  kept: { mean: 0.01, worstBlock: 0.03 },
  detail: { ratio: 0.9, worstExcess: 0.01 },
  ...changes,
});

describe('the judge', () => {
  it('reads the likeliest label of each head in order, then the damage', () => {
    const logits = Float32Array.of(0, 2, 1, 5, 4, -3, -2, 0.1, 0.2, -7);
    expect(readLogits(card, logits)).toEqual({
      labels: { 'left.noun': 'hat', 'left.color': 'red', 'background.color': 'blue', style: 'sketch' },
      damage: -7,
    });
  });

  it('is believed only where it is nearly always right', () => {
    expect(believedHeads(card, 'flat')).toEqual(['left.noun', 'left.color', 'background.color', 'style']);
    expect(believedHeads(card, 'sketch')).toEqual(['left.noun', 'style']);
    expect(believedHeads(card, 'unknown')).toEqual([]);
  });
});

describe('the verdict', () => {
  it('passes when everything is as expected', () => {
    const verdict = decide(editCase(), card, findings());
    expect(verdict).toEqual({ passed: true, instruction: true, kept: true, undamaged: true, problems: [] });
  });

  it('fails the instruction where a head that should change is wrong', () => {
    const verdict = decide(editCase(), card, findings({ reading: rightReading({ 'left.color': 'red' }) }));
    expect(verdict).toMatchObject({ passed: false, instruction: false, kept: true, undamaged: true });
    expect(verdict.problems).toEqual(['left.color is red, not blue']);
  });

  it('fails what is kept where a head that should stay is wrong', () => {
    const verdict = decide(editCase(), card, findings({ reading: rightReading({ 'background.color': 'blue' }) }));
    expect(verdict).toMatchObject({ passed: false, instruction: true, kept: false, undamaged: true });
  });

  it.each([
    ['all of it', { mean: 0.3, worstBlock: 0.1 }],
    ['one block', { mean: 0.01, worstBlock: 0.4 }],
  ])('fails what is kept where %s differs', (_, kept) => {
    expect(decide(editCase(), card, findings({ kept }))).toMatchObject({
      passed: false,
      instruction: true,
      kept: false,
    });
  });

  it.each([
    ['the judge sees damage', { reading: { ...rightReading(), damage: 0.2 } }],
    ['the judge computes nothing', { reading: { ...rightReading(), damage: Number.NaN } }],
    ['detail is missing', { detail: { ratio: 0.1, worstExcess: 0 } }],
    ['a block is noisy', { detail: { ratio: 1.5, worstExcess: 0.2 } }],
  ])('fails as damaged where %s', (_, changes) => {
    expect(decide(editCase(), card, findings(changes))).toMatchObject({ passed: false, kept: true, undamaged: false });
  });

  it('does not ask for the colour of an empty place, but that it stays empty', () => {
    const empty = { 'left.noun': 'none', 'left.color': null, 'background.color': 'blue', style: 'flat' };
    const one = editCase({ source: null, expected: empty, group: 'textToImage', mode: 'generate', inputs: 0 });
    const seen = { 'left.noun': 'none', 'left.color': 'red', 'background.color': 'blue' };
    const nothing = { kept: null, detail: null };
    expect(decide(one, card, { ...nothing, reading: rightReading(seen) }).passed).toBe(true);
    const filled = decide(one, card, { ...nothing, reading: rightReading({ ...seen, 'left.noun': 'cat' }) });
    expect(filled).toMatchObject({ passed: false, instruction: false });
  });

  it('does not judge a head that is not believed in the style of the target', () => {
    const expected = { 'left.noun': 'cat', 'left.color': 'red', 'background.color': 'red', style: 'sketch' };
    const one = editCase({ style: 'sketch', expected });
    const reading = rightReading({ style: 'sketch', 'left.color': 'blue', 'background.color': 'blue' });
    expect(decide(one, card, findings({ reading })).passed).toBe(true);
  });

  it('fails a case whose instruction the judge cannot read, whatever it sees', () => {
    const one = editCase({ style: 'sketch' });
    expect(decide(one, card, findings())).toMatchObject({ passed: false, instruction: false });
  });

  it('asks for what differs from image 1, and for everything of a new picture', () => {
    expect(askedHeads(editCase())).toEqual(['left.color']);
    expect(askedHeads(editCase({ source: null }))).toEqual(['left.noun', 'left.color', 'background.color', 'style']);
  });
});

describe('what is measured', () => {
  const base = paint(64, (x) => (x < 32 ? [200, 60, 60] : [240, 240, 240]));
  const target = paint(64, (x) => (x < 32 ? [60, 60, 200] : [240, 240, 240]));

  it('finds no difference between a picture and itself', () => {
    expect(compareKept(base, target, target)).toEqual({ mean: 0, worstBlock: 0 });
    expect(compareDetail(stripes(64), stripes(64))).toEqual({ ratio: 1, worstExcess: 0 });
  });

  it('does not look at what the target changed', () => {
    expect(compareKept(base, target, base)).toEqual({ mean: 0, worstBlock: 0 });
  });

  it('finds a block that changed where nothing should', () => {
    const output = paint(64, (x, y) => (x < 32 ? [60, 60, 200] : x >= 48 && y < 16 ? [0, 0, 0] : [240, 240, 240]));
    const kept = compareKept(base, target, output);
    expect(kept?.worstBlock).toBeCloseTo(240 / 255, 5);
    expect(kept?.mean).toBeLessThan(0.2);
  });

  it('says nothing where hardly anything is kept', () => {
    const other = paint(64, () => [0, 120, 0]);
    expect(compareKept(base, other, other)).toBeNull();
  });

  it('finds blur and noise by the detail, and both are drawn alike each time', async () => {
    const picture = stripes(64);
    const blurred = await damagePicture(picture, 2);
    const noisy = await damagePicture(picture, 3);
    expect(compareDetail(picture, blurred).ratio).toBeLessThan(0.2);
    const flat = paint(64, () => [120, 120, 120]);
    expect(compareDetail(flat, await damagePicture(flat, 3)).worstExcess).toBeGreaterThan(0.06);
    expect(Buffer.from(noisy.data).equals(picture.data)).toBe(false);
    expect(await damagePicture(picture, 3)).toEqual(noisy);
    expect(await damagePicture(picture, 2)).toEqual(blurred);
  });

  it('leaves out what a change of style changes, and everything that needs a target for a new picture', async () => {
    const judge = fakeJudge(() => rightReading());
    const { target: picture, inputs } = casePictures();
    const pictures = { base: inputs[0], target: picture, picture };
    expect(await examine(judge, editCase(), pictures)).toMatchObject({ kept: null, detail: { ratio: 1 } });
    const sameStyle = { base: picture, target: picture, picture };
    expect(await examine(judge, editCase(), sameStyle)).toMatchObject({ kept: { mean: 0 } });
    const styled = editCase({ expected: { ...editCase().expected, style: 'sketch' } });
    expect(await examine(judge, styled, sameStyle)).toMatchObject({ kept: null, detail: { ratio: 1 } });
    expect(await examine(judge, editCase({ source: null }), sameStyle)).toMatchObject({ kept: null, detail: null });
  });
});
