import { fillLines } from '../../core/interpreters/prompt-template.ts';
import { askChoice } from './ask-choice.ts';
import { labelled, type Result, requestLine } from './judge-result.ts';
import { type PairTemplate, readPairTemplate } from './judge-template.ts';
import type { JudgingModel } from './open-judging-model.ts';

/** Two results of one request. */
export type Pair = Omit<Result, 'output' | 'mode'> & {
  readonly outputs: readonly [Uint8Array, Uint8Array];
};

export interface PairVerdict {
  /** Index of the better one; a tie where the two orders disagree; null where a question was not answered. */
  readonly winner: 0 | 1 | 'tie' | null;
  /** Each order named another one: where it was shown decided, not what it shows. */
  readonly disagreed: boolean;
  /** Why, in both orders. */
  readonly reasons: readonly string[];
}

/** Which of two results is better, asked in both orders. */
export async function judgePair(
  judging: JudgingModel,
  pair: Pair,
  template: PairTemplate = readPairTemplate(),
): Promise<PairVerdict> {
  const ask = (outputs: Pair['outputs']) =>
    askChoice(judging, {
      system: template.system,
      pictures: [
        ...labelled(pair.inputs, template.inputLabel),
        { label: fillLines(template.firstLabel, {}), bytes: outputs[0] },
        { label: fillLines(template.secondLabel, {}), bytes: outputs[1] },
      ],
      text: requestLine(template.request, pair.text),
      words: ['first', 'second', 'tie'],
      repair: template.repair,
    });
  const [asIs, reversed] = [await ask(pair.outputs), await ask([pair.outputs[1], pair.outputs[0]])];
  if (asIs.kind === 'unanswered' || reversed.kind === 'unanswered')
    return { winner: null, disagreed: false, reasons: [] };
  const winners = [WINNER[asIs.answer], WINNER_REVERSED[reversed.answer]] as const;
  const isSame = winners[0] === winners[1];
  return {
    winner: isSame ? winners[0] : 'tie',
    disagreed: !isSame && !winners.includes('tie'),
    reasons: [asIs.reason, reversed.reason],
  };
}

const WINNER = { first: 0, second: 1, tie: 'tie' } as const;
const WINNER_REVERSED = { first: 1, second: 0, tie: 'tie' } as const;
