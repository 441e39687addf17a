import { wilson95 } from '../wilson.ts';
import type { Case, Group } from './cases.ts';
import type { Confusion } from './confusion.ts';
import type { ControlName } from './controls.ts';
import type { Verdict } from './verdict.ts';

/** A case with what came of it. */
export interface Judged {
  readonly case: Pick<Case, 'group' | 'concrete'>;
  readonly verdict: Pick<Verdict, 'passed'>;
}

type Measured = Judged & { readonly seconds: number | null; readonly confusion: Confusion | null };

/** What a system is worth: shares 0..1 of cases that passed; null where no case was run. */
export interface Summary {
  readonly cases: number;
  readonly edits: Split & { readonly ci95: readonly [number, number] | null };
  readonly generations: Split;
  readonly singleEdits: number | null;
  readonly textToImage: number | null;
  /** Shares of the cases in which it could happen. */
  readonly copied: number | null;
  readonly swapped: number | null;
  readonly secondsPerRender: number | null;
}

interface Split {
  readonly all: number | null;
  readonly concrete: number | null;
  readonly abstract: number | null;
}

export function summarize(outputs: readonly Measured[]): Summary {
  const seconds = outputs.flatMap((one) => (one.seconds === null ? [] : [one.seconds]));
  const of = (group: Group) => outputs.filter((one) => one.case.group === group);
  const edits = of('edits');
  return {
    cases: outputs.length,
    edits: { ...split(edits), ci95: wilson95(edits.filter(isPassed).length, edits.length) },
    generations: split(of('generations')),
    singleEdits: shareOf(of('singleEdits')),
    textToImage: shareOf(of('textToImage')),
    copied: confusedShare(outputs, 'copied'),
    swapped: confusedShare(outputs, 'swapped'),
    secondsPerRender:
      seconds.length === 0 ? null : round(seconds.reduce((sum, value) => sum + value, 0) / seconds.length),
  };
}

/** Share of outputs that are confused in a way, of those that can be; null without any. */
export function confusedShare(outputs: readonly Pick<Measured, 'confusion'>[], way: keyof Confusion): number | null {
  const possible = outputs.flatMap(({ confusion }) => confusion?.[way] ?? []);
  return possible.length === 0 ? null : round(possible.filter(Boolean).length / possible.length);
}

/** Share of each control that passed. */
export function controlShares(
  controls: ReadonlyMap<ControlName, readonly Judged[]>,
): Readonly<Partial<Record<ControlName, number | null>>> {
  return Object.fromEntries([...controls].map(([name, judged]) => [name, shareOf(judged)]));
}

/** Share that passed; null without cases. */
export function shareOf(judged: readonly Judged[]): number | null {
  return judged.length === 0 ? null : round(judged.filter(isPassed).length / judged.length);
}

function split(judged: readonly Judged[]): Split {
  return {
    all: shareOf(judged),
    concrete: shareOf(judged.filter((one) => one.case.concrete)),
    abstract: shareOf(judged.filter((one) => !one.case.concrete)),
  };
}

function isPassed({ verdict }: Judged): boolean {
  return verdict.passed;
}

function round(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}
