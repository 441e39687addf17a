import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadPictures, readCases, selectCases } from '../../../bench/quality/cases.ts';
import { isHeldOut } from '../../../bench/quality/held-out.ts';

const FOLDER = fileURLToPath(new URL('../../../bench/quality/cases', import.meta.url));

describe('isHeldOut', () => {
  it.each([
    ['hat|starry', true],
    ['camera|yellow', true],
    ['bag|purple', true],
    ['hat|orange', false],
    ['balloon|plaid', false],
  ])('says as training does of %s: %s', (pair, expected) => {
    expect(isHeldOut(pair)).toBe(expected);
  });

  it('never holds out plain', () => {
    const nouns = Array.from({ length: 100 }, (_, index) => `noun${index}`);
    expect(nouns.filter((noun) => isHeldOut(`${noun}|plain`))).toEqual([]);
    expect(nouns.filter((noun) => isHeldOut(`${noun}|red`)).length).toBeGreaterThan(0);
  });
});

describe('the committed cases', () => {
  const set = readCases(FOLDER);

  it('are 419, 120 of them in the quick run, in the proportions of the paper', () => {
    const count = (quick: boolean) =>
      (['edits', 'generations', 'singleEdits', 'textToImage'] as const).map(
        (group) => selectCases(set.cases, { quick, group }).length,
      );
    expect(count(true)).toEqual([72, 32, 8, 8]);
    expect(count(false)).toEqual([205, 114, 50, 50]);
    const concrete = (group: 'edits' | 'generations') =>
      selectCases(set.cases, { group }).filter((one) => one.concrete).length;
    expect([concrete('edits'), concrete('generations')]).toEqual([41, 24]);
  });

  it('ask of every edit something that image 1 does not show', () => {
    const unasked = set.cases.filter(
      ({ source, expected }) => source !== null && set.heads.every((head) => source[head] === expected[head]),
    );
    expect(unasked.map(({ id }) => id)).toEqual([]);
    expect(set.cases.every(({ mode, source }) => (mode === 'edit') === (source !== null))).toBe(true);
  });

  it('come with pictures that show the inputs, the target and a change to it', async () => {
    for (const one of selectCases(set.cases, { limit: 1 })) {
      const { inputs, target, notKept } = await loadPictures(FOLDER, set.size, one);
      expect(inputs).toHaveLength(one.inputs);
      expect([target, notKept, ...inputs].every(({ width, height }) => width === set.size && height === set.size)).toBe(
        true,
      );
      expect(Buffer.from(target.data).equals(notKept.data)).toBe(false);
      if (one.mode === 'edit') expect(Buffer.from(target.data).equals(inputs[0]?.data ?? target.data)).toBe(false);
    }
  });

  it('are at most the wanted number of each group', () => {
    expect(selectCases(set.cases, { limit: 2 }).map(({ id }) => id)).toEqual([
      'edits-000',
      'edits-001',
      'generations-000',
      'generations-001',
      'singleEdits-000',
      'singleEdits-001',
      'textToImage-000',
      'textToImage-001',
    ]);
  });
});

describe('readCases', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'easel-cases-'));
    cpSync(join(FOLDER, 'cases.json'), join(folder, 'cases.json'));
    cpSync(join(FOLDER, 'edits-000.webp'), join(folder, 'edits-000.webp'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });
  const rewrite = (from: string, to: string) => {
    const content = readFileSync(join(folder, 'cases.json'), 'utf8');
    writeFileSync(join(folder, 'cases.json'), content.replace(from, to));
  };

  it('refuses a case whose pair training may have seen', () => {
    rewrite('"hat|starry"', '"hat|orange"');
    expect(() => readCases(folder)).toThrow(/Training may have seen these cases: edits-000\./);
  });

  it('refuses a held-out pair that the target does not show', () => {
    rewrite('"hat|starry"', '"bag|purple"');
    expect(() => readCases(folder)).toThrow(/edits-000/);
  });

  it('refuses a case without a held-out pair', () => {
    rewrite('"hat|starry"', '');
    expect(() => readCases(folder)).toThrow(/heldOutPairs/);
  });

  it('refuses a strip of another size', async () => {
    const [one] = readCases(folder).cases;
    if (one === undefined) throw new Error('no case');
    await expect(loadPictures(folder, 128, { ...one, inputs: 1 })).rejects.toThrow(/expected 3 squares of 128 pixels/);
  });
});
