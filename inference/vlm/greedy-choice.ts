import { InferenceError } from '../errors.ts';

/** Picks tokens, remembering which ones the text already has. */
export interface GreedyChoice {
  /** The likeliest token, which is then remembered.
   * @param logits float32 [vocabulary]
   * @throws {InferenceError} NUMERIC_INVALID when a logit is not a number. */
  choose(logits: Float32Array): number;
}

/** @param promptIds tokens of the prompt, which count as repeated too.
 * @param penalty above 1, a token that is already there becomes less likely: its logit is divided if positive,
 * multiplied if negative.
 * @source transformers RepetitionPenaltyLogitsProcessor and greedy search */
export function createGreedyChoice(promptIds: readonly number[], penalty: number): GreedyChoice {
  const seen = new Set(promptIds);
  return {
    choose(logits) {
      let best = 0;
      let bestLogit = Number.NEGATIVE_INFINITY;
      for (let id = 0; id < logits.length; id++) {
        const logit = logits[id] ?? Number.NaN;
        if (Number.isNaN(logit)) throw new InferenceError('NUMERIC_INVALID', 'The language model made no numbers.');
        const penalised =
          penalty === 1 || !seen.has(id) ? logit : Math.fround(logit < 0 ? logit * penalty : logit / penalty);
        if (penalised > bestLogit) {
          best = id;
          bestLogit = penalised;
        }
      }
      seen.add(best);
      return best;
    },
  };
}
