import { describe, expect, it } from 'vitest';
import {
  engineTable,
  formatPaperTable,
  formatPaperTableAsMarkdown,
  readingTable,
} from '../../../bench/quality/paper-tables.ts';
import { areComparable } from '../../../bench/quality/results.ts';
import { systemName } from '../../../bench/quality/system.ts';
import { someResults } from '../../support/builders/quality-results.ts';

const split = (concrete: number, abstract: number) => ({ all: null, concrete, abstract });

describe('the table of engines', () => {
  it('has a row for every engine, and says which were not run and why', () => {
    const results = [
      someResults({ summary: { cases: 419, edits: split(0.5, 0.25), generations: split(1, 0) } }),
      someResults({ system: { engine: 'local', wording: 'casual', vlm: 'rules' } }),
      someResults({ system: { engine: 'comfyui', wording: 'casual', vlm: 'rules' }, model: 'workflow' }),
    ];
    const table = engineTable(results, new Map([['gemini', 'GEMINI_API_KEY: needed\nfor it']]));
    expect(table.rows).toEqual([
      ['local', 'stickers 1', 'canonical', '50.0 %', '25.0 %', '100.0 %', '0.0 %', '419'],
      ['comfyui', 'workflow', 'casual, read by rules', '-', '-', '-', '-', '2'],
      ['gemini', '-', '-', 'not run', '-', '-', '-', '-'],
    ]);
    expect(table.notes).toEqual(['gemini: GEMINI_API_KEY: needed for it']);
    expect(formatPaperTable(table)).toContain('not run');
    expect(formatPaperTableAsMarkdown(table)).toContain('| local | stickers 1 | canonical | 50.0 % |');
  });
});

describe('the table of what reading adds', () => {
  const shares = { cases: 2, edits: split(1, 1), generations: split(1, 1) };

  it('has the four rows, run or not', () => {
    const results = [
      someResults(),
      someResults({ system: { engine: 'local', wording: 'casual', vlm: 'rules' }, summary: shares }),
    ];
    const rows = readingTable('local', results).rows.map((row) => row.slice(0, 3));
    expect(rows).toEqual([
      ['canonical', 'nobody', '-'],
      ['casual', 'nobody', 'not run'],
      ['casual', 'rules', '100.0 %'],
      ['casual', 'a VLM', 'not run'],
    ]);
  });

  it('has a row for every model that read', () => {
    const results = ['local', 'openai:x'].map((vlm) =>
      someResults({ system: { engine: 'local', wording: 'casual', vlm } }),
    );
    expect(readingTable('local', results).rows.map(([, reader]) => reader)).toEqual([
      'nobody',
      'nobody',
      'rules',
      'local',
      'openai:x',
    ]);
  });
});

describe('results of different runs', () => {
  it('stand in one table only with the same cases, judge and weights', () => {
    const casual = someResults({ system: { engine: 'local', wording: 'casual', vlm: 'none' } });
    expect(areComparable(someResults(), casual)).toBe(true);
    expect(areComparable(someResults(), { ...casual, judge: 'another' })).toBe(false);
    expect(areComparable(someResults(), { ...casual, weights: 'older' })).toBe(false);
    expect(areComparable(someResults(), { ...casual, cases: casual.cases.slice(1) })).toBe(false);
    const remote = { ...casual, system: { ...casual.system, engine: 'gemini' }, weights: null };
    expect(areComparable(someResults(), remote)).toBe(true);
  });

  it('lie in folders with names that every file system takes', () => {
    expect(systemName({ engine: 'local', wording: 'casual', vlm: 'openai:some/model' })).toBe(
      'local-casual-openai-some-model',
    );
  });
});
