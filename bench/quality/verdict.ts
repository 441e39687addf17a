import type { Picture } from '../../inference/index.ts';
import type { Case } from './cases.ts';
import { compareDetail, compareKept, type DetailDifference, type KeptDifference } from './compare-pixels.ts';
import { believedHeads, type Judge, type JudgeCard, type Reading } from './open-judge.ts';

/** Chosen from the measures of the control pictures: ../README.md says how. */
export const LIMITS = { keptMean: 0.06, keptBlock: 0.12, leastDetail: 0.3, detailExcess: 0.03 } as const;

/** What was measured in one picture. */
export interface Findings {
  readonly reading: Reading;
  /** Null where nothing is kept, or the style changes all of it. */
  readonly kept: KeptDifference | null;
  /** Null for a new picture, which has no exact target. */
  readonly detail: DetailDifference | null;
}

export interface Verdict {
  /** All three. */
  readonly passed: boolean;
  readonly instruction: boolean;
  readonly kept: boolean;
  readonly undamaged: boolean;
  /** What is wrong, in words. */
  readonly problems: readonly string[];
}

/** What is wrong, by the paper's three questions. */
interface Problems {
  readonly instruction: readonly string[];
  readonly kept: readonly string[];
  readonly damage: readonly string[];
}

/** Look at a picture that claims to answer a case.
 * @param picture of the case's size.
 * @param base image 1 of the case; undefined for a new picture. */
export async function examine(
  judge: Judge,
  one: Case,
  {
    base,
    target,
    picture,
  }: { readonly base: Picture | undefined; readonly target: Picture; readonly picture: Picture },
): Promise<Findings> {
  const isEdit = one.source !== null && base !== undefined;
  return {
    reading: await judge.read(picture),
    kept: isEdit && !changesStyle(one) ? compareKept(base, target, picture) : null,
    detail: isEdit ? compareDetail(target, picture) : null,
  };
}

/** The paper's rule: the instruction followed, the rest kept, no visible damage; all three, or the case fails. */
export function decide(one: Case, card: JudgeCard, findings: Findings): Verdict {
  const asked = new Set(askedHeads(one));
  const believed = believedHeads(card, one.style);
  const wrong = believed.filter((head) => isWrong(one, head, findings.reading));
  // Else a judge that can read nothing would be content with anything.
  const isReadable = believed.some((head) => asked.has(head));
  const say = (head: string) => `${head} is ${findings.reading.labels[head]}, not ${one.expected[head]}`;
  return verdictOf({
    instruction: isReadable
      ? wrong.filter((head) => asked.has(head)).map(say)
      : ['the judge cannot read what was asked'],
    kept: [...wrong.filter((head) => !asked.has(head)).map(say), ...keptProblems(findings.kept)],
    damage: damageProblems(findings),
  });
}

/** A case without a picture to look at. */
export function failedVerdict(problem: string): Verdict {
  return { passed: false, instruction: false, kept: false, undamaged: false, problems: [problem] };
}

/** The heads that the instruction is about: those in which the target differs from image 1; of a new picture all. */
export function askedHeads({ source, expected }: Case): readonly string[] {
  const isAsked = (head: string) => source === null || source[head] !== expected[head];
  return Object.keys(expected).filter((head) => expected[head] !== null && isAsked(head));
}

function verdictOf({ instruction, kept, damage }: Problems): Verdict {
  const problems = [...instruction, ...kept, ...damage];
  return {
    passed: problems.length === 0,
    instruction: instruction.length === 0,
    kept: kept.length === 0,
    undamaged: damage.length === 0,
    problems,
  };
}

/** The colour and pattern of an empty slot cannot be wrong. */
function isWrong({ expected }: Case, head: string, { labels }: Reading): boolean {
  const word = expected[head] ?? null;
  return word !== null && labels[head] !== word;
}

function changesStyle({ source, expected }: Case): boolean {
  return source !== null && source['style'] !== expected['style'];
}

function keptProblems(kept: KeptDifference | null): readonly string[] {
  if (kept === null) return [];
  const { mean, worstBlock } = kept;
  return [
    ...(mean > LIMITS.keptMean ? [`what stays differs by ${percent(mean)}`] : []),
    ...(worstBlock > LIMITS.keptBlock ? [`a block of what stays differs by ${percent(worstBlock)}`] : []),
  ];
}

function damageProblems({ reading, detail }: Findings): readonly string[] {
  return [
    // Written so that NaN is damage too.
    ...(reading.damage < 0 ? [] : [`looks damaged (${reading.damage.toFixed(1)})`]),
    ...(detail && detail.ratio < LIMITS.leastDetail ? [`blurred: ${percent(detail.ratio)} of the detail`] : []),
    ...(detail && detail.worstExcess > LIMITS.detailExcess ? [`noisy: ${percent(detail.worstExcess)} too much`] : []),
  ];
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
