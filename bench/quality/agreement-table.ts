import { formatTable } from '../print.ts';
import { type Agreement, agreementOf } from '../vlm-judge/agreement.ts';
import { answerOf, CRITERIA, type VlmVerdict } from '../vlm-judge/judge-result.ts';
import type { Output } from './run-cases.ts';
import { formatShare } from './tables.ts';

type Judgement = Pick<Output, 'verdict' | 'vlm'>;

/** What a chat model said of a system's outputs. */
export interface VlmSummary {
  readonly judged: number;
  readonly unanswered: number;
  /** Share of the answered ones that passed. */
  readonly passed: number | null;
  /** With the judge that reads attributes from pixels, on whether the case passed. */
  readonly agreement: Agreement | null;
}

const QUESTIONS = [...CRITERIA, 'passed'] as const;
type Question = (typeof QUESTIONS)[number];

export function summarizeVlm(outputs: readonly Judgement[]): VlmSummary {
  const judged = outputs.flatMap(({ vlm }) => vlm ?? []);
  const answered = judged.flatMap(({ passed }) => passed ?? []);
  const passed = answered.filter(Boolean).length / answered.length;
  return {
    judged: judged.length,
    unanswered: judged.length - answered.length,
    passed: answered.length === 0 ? null : Math.round(passed * 10_000) / 10_000,
    agreement: agreementOf(pairsOf(outputs, 'passed')),
  };
}

/** How the two judges agree on each question. */
export function agreementTable(system: string, outputs: readonly Judgement[]): string {
  const rows = QUESTIONS.map((question) => {
    const pairs = pairsOf(outputs, question);
    const agreement = agreementOf(pairs);
    const yes = (index: 0 | 1) =>
      formatShare(pairs.length === 0 ? null : pairs.filter((pair) => pair[index]).length / pairs.length);
    const numbers = [formatShare(agreement?.share ?? null), agreement?.kappa?.toFixed(2) ?? '-'];
    return [question, String(pairs.length), yes(0), yes(1), ...numbers];
  });
  const header = ['question', 'cases', 'attributes: yes', 'model: yes', 'agree', "Cohen's kappa"];
  return `${system}: the judge of attributes and the chat model\n${formatTable(header, rows)}`;
}

/** Both answers of every case that both judged. */
function pairsOf(outputs: readonly Judgement[], question: Question): readonly (readonly [boolean, boolean])[] {
  return outputs.flatMap(({ verdict, vlm }) => {
    const answer = vlm === null ? null : saidOf(vlm, question);
    return answer === null ? [] : [[verdict[question], answer] as const];
  });
}

function saidOf(vlm: VlmVerdict, question: Question): boolean | null {
  return question === 'passed' ? vlm.passed : answerOf(vlm[question]);
}
