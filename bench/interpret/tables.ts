import { formatTable } from '../print.ts';
import type { Case, Half } from './cases.ts';
import { type Judged, scoreOf } from './score.ts';

const TITLES: Readonly<Record<Half, string>> = { hand: 'Written by hand', generated: 'Generated' };

/** One half by phenomenon or by language; the last row is all of it. */
export function scoreTable(
  half: Half,
  by: 'phenomenon' | 'language',
  judged: readonly Judged[],
  fallback: readonly Judged[],
): string {
  const members = judged.filter(({ case: one }) => one.half === half);
  const rules = fallback.filter(({ case: one }) => one.half === half);
  const names = [...new Set(members.map(({ case: one }) => one[by]))];
  const row = (name: string, isOf: (one: Case) => boolean) => {
    const own = members.filter(({ case: one }) => isOf(one));
    const score = scoreOf(
      own,
      rules.filter(({ case: one }) => isOf(one)),
    );
    const shares = [score.exact, score.attribute, score.fallbackExact].map((share) => share.toFixed(2));
    const byRules = own.filter(({ outcome }) => outcome.kind === 'read' && outcome.byRules).length;
    const failed = own.filter(({ outcome }) => outcome.kind === 'failed').length;
    return [name, String(score.cases), ...shares, String(byRules), String(failed)];
  };
  const rows = [...names.map((name) => row(name, (one) => one[by] === name)), row('all', () => true)];
  const header = [by, 'cases', 'exact', 'attribute', 'rules exact', 'fell back', 'error'];
  return `${TITLES[half]}\n${formatTable(header, rows)}`;
}

/** How long readings took: the middle one, and the one that 95 of 100 are faster than. */
export function timeLine(judged: readonly Judged[]): string {
  const times = judged.map(({ outcome }) => outcome.ms).sort((one, other) => one - other);
  const at = (share: number) => (times[Math.min(Math.floor(times.length * share), times.length - 1)] ?? 0).toFixed(0);
  return `A reading takes ${at(0.5)} ms, 95 of 100 at most ${at(0.95)} ms`;
}
