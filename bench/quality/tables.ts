import { formatTable } from '../print.ts';
import { MOST_CONFUSED } from './confusion.ts';
import { CONTROLS, type ControlName, controlHolds } from './controls.ts';
import { accuracyKeyOf, believedHeads, type JudgeCard, LEAST_ACCURACY } from './open-judge.ts';
import type { CaseRecord, JudgedOutput, JudgedPicture } from './run-cases.ts';
import { confusedShare, type Judged, shareOf } from './summary.ts';
import { LIMITS } from './verdict.ts';

/** How often each head is right in each style; in brackets where it is not believed. */
export function judgeTable(card: JudgeCard): string {
  const styles = Object.keys(card.accuracy);
  const keys = [...new Set(Object.keys(card.heads).map(accuracyKeyOf))];
  const rows = keys.map((key) => [
    key,
    ...styles.map((style) => {
      const isBelieved = believedHeads(card, style).some((head) => accuracyKeyOf(head) === key);
      const share = (card.accuracy[style]?.[key] ?? 0).toFixed(3);
      return isBelieved ? share : `(${share})`;
    }),
  ]);
  return `Judge, right on held-out renders; in brackets, below ${LEAST_ACCURACY}: not judged\n${formatTable(['head', ...styles], rows)}`;
}

/** What a system passed by kind, and which of the three questions the others failed. */
export function kindTable(system: string, outputs: readonly JudgedOutput[]): string {
  const kinds = [...new Set(outputs.map(({ case: one }) => one.kind))];
  const row = (title: string, members: readonly JudgedOutput[]) => {
    const count = (holds: (judged: JudgedPicture) => boolean) => String(members.filter(holds).length);
    return [
      title,
      String(members.length),
      formatShare(shareOf(members)),
      count(({ verdict }) => !verdict.instruction),
      count(({ verdict }) => !verdict.kept),
      count(({ verdict }) => !verdict.undamaged),
      count(({ picture }) => picture === null),
    ];
  };
  const rows = kinds.map((kind) =>
    row(
      kind,
      outputs.filter(({ case: one }) => one.kind === kind),
    ),
  );
  const header = ['kind', 'cases', 'passed', 'instruction', 'kept', 'damage', 'crashed'];
  return `${system}: passed, and what failed (a case may fail in several ways)\n${formatTable(header, [...rows, row('all', outputs)])}`;
}

/** Copied and swapped references of a system by kind; below, how many of the controls that are exactly that are seen so. */
export function confusionTable(
  system: string,
  outputs: readonly JudgedOutput[],
  records: readonly CaseRecord[],
): string {
  const row = (title: string, members: readonly Pick<JudgedPicture, 'confusion'>[]) => {
    const possible = members.filter(({ confusion }) => confusion?.copied != null || confusion?.swapped != null);
    const shares = (['copied', 'swapped'] as const).map((way) => formatShare(confusedShare(members, way)));
    return [title, String(possible.length), ...shares];
  };
  const kinds = [...new Set(outputs.map(({ case: one }) => one.kind))].map((kind) => {
    const members = outputs.filter(({ case: one }) => one.kind === kind);
    return row(kind, members);
  });
  const controls = (['copyReference', 'swapped'] as const).map((name) => {
    const judged = records.flatMap(({ controls: all }) => all.get(name) ?? []);
    return row(`control ${name}`, judged);
  });
  const header = ['kind', 'cases', 'copied', 'swapped'];
  const title = `${system}: a reference copied, or what reversed inputs would give (at most ${formatShare(MOST_CONFUSED)} each)`;
  return `${title}\n${formatTable(header, [...kinds, row('all', outputs), ...controls])}`;
}

export function controlTable(controls: ReadonlyMap<ControlName, readonly Judged[]>): string {
  const rows = [...controls].map(([name, judged]) => {
    const share = shareOf(judged);
    return [
      name,
      String(judged.length),
      formatShare(share),
      formatLimit(name),
      controlHolds(name, share) ? 'yes' : 'NO',
    ];
  });
  return `Controls on edits with a reference\n${formatTable(['control', 'cases', 'passed', 'allowed', 'holds'], rows)}`;
}

/** Quantiles of the pixel measures, from which the limits were chosen. */
export function measureTable(records: readonly CaseRecord[]): string {
  const groups = new Map<string, JudgedPicture[]>();
  const add = (name: string, judged: JudgedPicture) => groups.set(name, [...(groups.get(name) ?? []), judged]);
  for (const { outputs, controls } of records) {
    for (const [system, output] of outputs) add(system, output);
    for (const [name, judged] of controls) add(name, judged);
  }
  const cells = (values: readonly (number | undefined)[]) => {
    const sorted = values.filter((value) => value !== undefined).toSorted((a, b) => a - b);
    return [0.02, 0.5, 0.98].map((share) => sorted[Math.floor(share * sorted.length)]?.toFixed(3) ?? '-').join(' ');
  };
  const rows = [...groups].map(([name, judged]) => [
    name,
    cells(judged.map(({ findings }) => findings?.kept?.mean)),
    cells(judged.map(({ findings }) => findings?.kept?.worstBlock)),
    cells(judged.map(({ findings }) => findings?.detail?.ratio)),
    cells(judged.map(({ findings }) => findings?.detail?.worstExcess)),
    cells(judged.map(({ findings }) => findings?.reading.damage)),
  ]);
  const { keptMean, keptBlock, leastDetail, detailExcess } = LIMITS;
  const limits = ['limit', `< ${keptMean}`, `< ${keptBlock}`, `> ${leastDetail}`, `< ${detailExcess}`, '< 0'];
  const header = ['2 %, 50 %, 98 %', 'kept mean', 'kept block', 'detail', 'excess', 'damage'];
  return `Measures of edits (damage: of all)\n${formatTable(header, [limits, ...rows])}`;
}

export function formatShare(share: number | null): string {
  return share === null ? '-' : `${(100 * share).toFixed(1)} %`;
}

function formatLimit(name: ControlName): string {
  const limit: { readonly atLeast?: number; readonly atMost?: number } = CONTROLS[name];
  return limit.atLeast === undefined ? `<= ${formatShare(limit.atMost ?? 1)}` : `>= ${formatShare(limit.atLeast)}`;
}
