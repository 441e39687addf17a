import { existsSync, readFileSync } from 'node:fs';
import { inputFile, outputFile, type Results } from '../quality/results.ts';
import type { Pair, PairVerdict } from '../vlm-judge/judge-pair.ts';
import { wilson95 } from '../wilson.ts';

/** A result folder with what it says. */
export interface ResultFolder {
  readonly folder: string;
  readonly results: Results;
}

/** A case that two systems answered; null in place of an output that was never made. */
export type CasePair = Omit<Pair, 'outputs'> & {
  readonly id: string;
  readonly outputs: readonly [Uint8Array | null, Uint8Array | null];
};

/** The cases that both folders have, in the order of the first. */
export function pairCases(one: ResultFolder, other: ResultFolder, limit?: number): readonly CasePair[] {
  const known = new Set(other.results.cases.map(({ id }) => id));
  return one.results.cases
    .filter(({ id }) => known.has(id))
    .slice(0, limit)
    .map(({ id, text, inputs }) => ({
      id,
      text,
      inputs: Array.from({ length: inputs }, (_, index) => readFileSync(inputFile(one.folder, id, index + 1))),
      outputs: [readOutput(one.folder, id), readOutput(other.folder, id)],
    }));
}

/** Which one is better. A picture is better than none; between two the model decides, and two times none is a tie. */
export async function decidePair(
  { outputs: [one, other], ...pair }: CasePair,
  judge: (pair: Pair) => Promise<PairVerdict>,
): Promise<PairVerdict> {
  if (one !== null && other !== null) return judge({ ...pair, outputs: [one, other] });
  return { winner: one === other ? 'tie' : one === null ? 1 : 0, disagreed: false, reasons: [] };
}

/** Wins of the first and of the second, and how sure that is. */
export interface Comparison {
  readonly cases: number;
  readonly wins: readonly [number, number];
  readonly ties: number;
  /** Ties because the two orders named different ones. */
  readonly disagreed: number;
  readonly unanswered: number;
  /** Share of the first among the cases that were decided; null where none was. */
  readonly winRate: number | null;
  readonly ci95: readonly [number, number] | null;
}

export function countPairs(verdicts: readonly PairVerdict[]): Comparison {
  const count = (winner: PairVerdict['winner']) => verdicts.filter((each) => each.winner === winner).length;
  const wins = [count(0), count(1)] as const;
  const decided = wins[0] + wins[1];
  return {
    cases: verdicts.length,
    wins,
    ties: count('tie'),
    disagreed: verdicts.filter(({ disagreed }) => disagreed).length,
    unanswered: count(null),
    winRate: decided === 0 ? null : Math.round((wins[0] / decided) * 10_000) / 10_000,
    ci95: wilson95(wins[0], decided),
  };
}

function readOutput(folder: string, id: string): Uint8Array | null {
  const file = outputFile(folder, id);
  return existsSync(file) ? readFileSync(file) : null;
}
