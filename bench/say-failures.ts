import { describeFailure } from '../cli/failure.ts';
import { texts } from '../cli/texts.ts';

/** From now on what was foreseen (a missing model, a setting, a word that is no option) ends the process with its sentence;
 * anything else with its stack. */
export function sayFailures(): void {
  process.once('uncaughtException', (error) => {
    const sentence = sentenceOf(error);
    const isForeseen = !sentence.endsWith('(BUG)');
    process.stderr.write(`${isForeseen ? sentence : (error.stack ?? String(error))}\n`);
    process.exit(1);
  });
}

/** What went wrong, in words for people. */
export function sentenceOf(error: unknown): string {
  return describeFailure(error, texts).sentence;
}
