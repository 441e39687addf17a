import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadNote } from '../../../bench/load-note.ts';
import { median } from '../../../bench/median.ts';
import { formatMarkdownTable, formatTable } from '../../../bench/print.ts';
import { CASES_PER_SHEET, writeContactSheets } from '../../../bench/quality/contact-sheet.ts';
import type { ControlName } from '../../../bench/quality/controls.ts';
import { controlShares, type Judged, summarize } from '../../../bench/quality/summary.ts';
import { failedVerdict, type Verdict } from '../../../bench/quality/verdict.ts';
import { wilson95 } from '../../../bench/wilson.ts';
import { decodeImage, type Picture } from '../../../inference/index.ts';
import { casePictures, editCase } from '../../support/builders/quality-case.ts';

const PASSED: Verdict = { passed: true, instruction: true, kept: true, undamaged: true, problems: [] };
const judged = (passed: boolean, changes: Parameters<typeof editCase>[0] = {}) => ({
  case: editCase(changes),
  verdict: passed ? PASSED : failedVerdict('wrong'),
  seconds: passed ? 1.5 : null,
  confusion: { copied: !passed, swapped: null },
});

function hasColor({ data }: Picture, color: readonly number[]): boolean {
  for (let at = 0; at < data.length; at += 3) {
    if (color.every((value, channel) => data[at + channel] === value)) return true;
  }
  return false;
}

describe('the summary', () => {
  it('has the shares of each group, split as the paper does', () => {
    const outputs = [
      judged(true),
      judged(false),
      judged(true, { concrete: true }),
      judged(true, { group: 'generations', concrete: true }),
      judged(false, { group: 'singleEdits' }),
    ];
    expect(summarize(outputs)).toEqual({
      cases: 5,
      edits: { all: 0.6667, concrete: 1, abstract: 0.5, ci95: wilson95(2, 3) },
      generations: { all: 1, concrete: 1, abstract: null },
      singleEdits: 0,
      textToImage: null,
      copied: 0.4,
      swapped: null,
      secondsPerRender: 1.5,
    });
  });

  it('has the share of every control, and none of one that was not tried', () => {
    const controls = new Map<ControlName, readonly Judged[]>([
      ['target', [judged(true), judged(false)]],
      ['swapped', []],
    ]);
    expect(controlShares(controls)).toEqual({ target: 0.5, swapped: null });
  });

  it('has the interval of Wilson', () => {
    expect(wilson95(10, 20)).toEqual([0.2993, 0.7007]);
    expect(wilson95(0, 20)).toEqual([0, 0.1611]);
    expect(wilson95(20, 20)).toEqual([0.8389, 1]);
    expect(wilson95(0, 0)).toBeNull();
  });
});

describe('a contact sheet', () => {
  it('holds forty cases, and frames the output green or red', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'easel-sheets-'));
    try {
      const pictures = casePictures();
      const shown = Array.from({ length: CASES_PER_SHEET + 1 }, (_, index) => ({
        case: editCase(),
        pictures,
        text: 'Give <this> & that.',
        output: index === 0 ? pictures.target : null,
        verdict: index === 0 ? PASSED : failedVerdict('crashed: gone'),
      }));
      const files = await writeContactSheets(folder, 'edits', shown);
      expect(files.map((file) => file.replace(folder, ''))).toEqual(['/edits-1.png', '/edits-2.png']);
      const sheet = await decodeImage(readFileSync(files[0] ?? ''));
      expect(hasColor(sheet, [26, 152, 80])).toBe(true);
      expect(hasColor(sheet, [215, 48, 39])).toBe(true);
      const last = await decodeImage(readFileSync(files[1] ?? ''));
      expect(last.height).toBeLessThan(sheet.height);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('numbers for people', () => {
  it('takes the value in the middle', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
    expect(median([])).toBeNaN();
  });

  it('aligns a table', () => {
    expect(
      formatTable(
        ['name', 'ms'],
        [
          ['a', '1'],
          ['longer', '10'],
        ],
      ),
    ).toBe(['name    ms', '------  --', 'a        1', 'longer  10'].join('\n'));
  });

  it('aligns a table of Markdown', () => {
    expect(formatMarkdownTable(['name', 'ms'], [['a|b', '1']])).toBe(
      ['| name | ms |', '| --- | --: |', '| a\\|b | 1 |'].join('\n'),
    );
  });

  it('says when times were taken on a busy machine', () => {
    expect(loadNote(0.1, 2)).toBeUndefined();
    expect(loadNote(3, 2)).toContain('load 3.0 on 2 cores');
  });
});
