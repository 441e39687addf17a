import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Contestant, drawBallot } from '../../../bench/ballot/ballot.ts';
import { ballotPage } from '../../../bench/ballot/ballot-page.ts';
import { countVotes, type Votes } from '../../../bench/votes/count-votes.ts';
import { wilson95 } from '../../../bench/wilson.ts';
import { resultFolder } from '../../support/builders/quality-results.ts';

let root = '';
let contestants: readonly Contestant[] = [];
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'easel-ballot-'));
  const colors = { local: [200, 0, 0], gemini: [0, 200, 0], comfyui: [0, 0, 200] } as const;
  contestants = await Promise.all(
    Object.entries(colors).map(([engine, color]) => {
      const folder = join(root, engine);
      mkdirSync(folder);
      return resultFolder(folder, { engine, color, cases: 60 });
    }),
  );
});
afterAll(() => rmSync(root, { recursive: true }));

describe('a ballot', () => {
  it('draws the same cases in the same order for the same seed, and shuffles the systems anew for each', () => {
    const draw = (seed: number) => drawBallot(contestants, { seed, limit: 40 });
    expect(draw(1)).toEqual(draw(1));
    expect(draw(2).ballot.cases.map(({ id }) => id)).not.toEqual(draw(1).ballot.cases.map(({ id }) => id));
    const { key } = draw(1);
    const first = Object.values(key.cases).map((letters) => letters.A);
    for (const system of [0, 1, 2]) expect(first.filter((index) => index === system).length).toBeGreaterThan(4);
  });

  it('does not say who made what, and its key does', () => {
    const { ballot, key } = drawBallot(contestants.slice(0, 2), { seed: 1, limit: 5 });
    const page = ballotPage(ballot);
    for (const system of key.systems) expect(page).not.toContain(system);
    for (const name of ['gemini', 'comfyui', root]) expect(page.includes(name), name).toBe(false);
    expect(key.systems).toEqual(['local-canonical-none', 'gemini-canonical-none']);
    for (const one of ballot.cases) {
      const [a, b] = one.outputs;
      expect(a?.url).not.toBe(b?.url);
      expect([key.cases[one.id]?.A, key.cases[one.id]?.B].toSorted((x, y) => Number(x) - Number(y))).toEqual([0, 1]);
    }
  });

  it('is one file that loads nothing and says what it thinks of simulated votes', () => {
    const { ballot } = drawBallot(contestants, { seed: 1, limit: 2 });
    const page = ballotPage(ballot);
    expect(page).not.toMatch(/(?:src|href)="(?!data:)/);
    expect(page).toContain("default-src 'none'");
    expect(page).toContain('are never reported as those of people');
    expect(page).not.toContain('</script><');
  });

  it('shows that nothing was made, and leaves out what only one has', () => {
    const [one, other] = contestants;
    if (one === undefined || other === undefined) throw new Error('no contestants');
    rmSync(join(one.folder, 'outputs', 'edits-003.png'));
    const fewer = { ...other, results: { ...other.results, cases: other.results.cases.slice(0, 10) } };
    const { ballot, key } = drawBallot([one, fewer], { seed: 1, limit: 40 });
    expect(ballot.cases).toHaveLength(10);
    const shown = ballot.cases.find(({ id }) => id === 'edits-003');
    expect(shown?.outputs.find(({ letter }) => key.cases['edits-003']?.[letter] === 0)?.url).toBeNull();
  });

  it('is between two or three', () => {
    expect(() => drawBallot(contestants.slice(0, 1), { seed: 1, limit: 5 })).toThrow(/two or three/);
  });
});

describe('votes', () => {
  const { ballot, key } = {
    ballot: { id: 'x' },
    key: {
      ballot: 'x',
      systems: ['ours', 'theirs'],
      cases: { a: { A: 0, B: 1 }, b: { A: 1, B: 0 }, c: { A: 0, B: 1 } },
    },
  };
  const file = (
    voter: string,
    choices: Readonly<Record<string, 'A' | 'B' | 'tie'>>,
    source: Votes['source'] = 'person',
  ) => ({
    ...{ ballot: ballot.id, source, voter },
    votes: Object.entries(choices).map(([id, choice]) => ({ case: id, choice })),
  });

  it('are counted for whoever stood behind the letter, with intervals', () => {
    const files = [file('one', { a: 'A', b: 'B', c: 'tie' }), file('two', { a: 'B', b: 'B' })];
    expect(countVotes(files, key, 'person')).toEqual({
      ...{ voters: 2, votes: 5, ties: 1 },
      systems: [
        { system: 'ours', wins: 3, winRate: 0.75, ci95: wilson95(3, 4) },
        { system: 'theirs', wins: 1, winRate: 0.25, ci95: wilson95(1, 4) },
      ],
    });
  });

  it('of a program are never counted among those of people', () => {
    const files = [file('one', { a: 'A' }), file('robot', { a: 'B', b: 'A', c: 'B' }, 'simulated')];
    expect(countVotes(files, key, 'person')).toMatchObject({
      voters: 1,
      votes: 1,
      systems: [{ wins: 1 }, { wins: 0 }],
    });
    expect(countVotes(files, key, 'simulated')).toMatchObject({
      voters: 1,
      votes: 3,
      systems: [{ wins: 0 }, { wins: 3 }],
    });
    expect(countVotes([], key, 'person')).toMatchObject({ voters: 0, systems: [{ winRate: null, ci95: null }, {}] });
  });

  it('of one voter count once', () => {
    const files = [file('one', { a: 'A' }), file('one', { a: 'B', b: 'A' })];
    expect(countVotes(files, key, 'person')).toMatchObject({
      voters: 1,
      votes: 2,
      systems: [{ wins: 0 }, { wins: 2 }],
    });
  });

  it('on another ballot, case or letter are refused', () => {
    expect(() => countVotes([{ ...file('one', { a: 'A' }), ballot: 'y' }], key, 'person')).toThrow(/ballot y/);
    expect(() => countVotes([file('one', { z: 'A' })], key, 'person')).toThrow(/no case z/);
    const wrong = { ...file('one', {}), votes: [{ case: 'a', choice: 'C' as const }] };
    expect(() => countVotes([wrong], key, 'person')).toThrow(/a has no result C/);
  });

  it('of many simulated voters find the better system', () => {
    // Seven in ten prefer ours, whatever its letter.
    const files = Array.from({ length: 60 }, (_, voter) => {
      const prefersOurs = voter % 10 < 7;
      return file(`v${voter}`, { a: prefersOurs ? 'A' : 'B', b: prefersOurs ? 'B' : 'A' }, 'simulated');
    });
    const [ours] = countVotes(files, key, 'simulated').systems;
    expect(ours?.winRate).toBe(0.7);
    expect(ours?.ci95?.[0]).toBeGreaterThan(0.6);
  });
});
