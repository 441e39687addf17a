import type { Interpretation } from '../../core/domain.ts';
import { attributeOf } from './attribute.ts';
import { type Case, HALVES, type Half } from './cases.ts';

/** What came of one case: a reading, or the code of the error that a person would see. */
export type Outcome =
  | { readonly kind: 'read'; readonly reading: Interpretation; readonly byRules: boolean; readonly ms: number }
  | { readonly kind: 'failed'; readonly code: string; readonly ms: number };

export interface Judged {
  readonly case: Case;
  readonly outcome: Outcome;
  /** Mode, base and references (as a set) are the gold's. */
  readonly exact: boolean;
  readonly attribute: boolean;
}

export interface Score {
  readonly cases: number;
  readonly exact: number;
  readonly attribute: number;
  readonly fallbackExact: number;
}

export type Summary = Score & { readonly handWritten: Score; readonly generated: Score };

export function judge(one: Case, outcome: Outcome): Judged {
  if (outcome.kind === 'failed') return { case: one, outcome, exact: false, attribute: false };
  const { reading } = outcome;
  const { mode, base, references, attribute } = one.gold;
  const isSameSet =
    reading.references.length === references.length &&
    references.every((number) => reading.references.includes(number));
  return {
    case: one,
    outcome,
    exact: reading.mode === mode && reading.base === base && isSameSet,
    attribute: attributeOf(reading) === attribute,
  };
}

/** Shares of all cases and of each half. @param fallback the same cases read by the rules. */
export function summarize(judged: readonly Judged[], fallback: readonly Judged[]): Summary {
  const of = (half: Half) => {
    const isOf = ({ case: one }: Judged) => one.half === half;
    return scoreOf(judged.filter(isOf), fallback.filter(isOf));
  };
  const [handWritten, generated] = HALVES.map(of);
  const none = scoreOf([], []);
  return { ...scoreOf(judged, fallback), handWritten: handWritten ?? none, generated: generated ?? none };
}

/** Shares are 0 where there are no cases. */
export function scoreOf(judged: readonly Judged[], fallback: readonly Judged[]): Score {
  return {
    cases: judged.length,
    exact: shareOf(judged, ({ exact }) => exact),
    attribute: shareOf(judged, ({ attribute }) => attribute),
    fallbackExact: shareOf(fallback, ({ exact }) => exact),
  };
}

function shareOf(judged: readonly Judged[], holds: (one: Judged) => boolean): number {
  const share = judged.length === 0 ? 0 : judged.filter(holds).length / judged.length;
  return Math.round(share * 10_000) / 10_000;
}
