import type { Conversation, Interpretation } from '../domain.ts';
import { AppError } from '../errors.ts';
import { inputsOf } from '../prompt.ts';
import type { PolicyVerdict } from './policy-verdict.ts';
import { judgeText } from './text-policy.ts';

/** What the rules, and whoever read the request, say about a reading; a refusal by either wins. */
export function judgeReading(document: Conversation, reading: Interpretation): PolicyVerdict {
  if (reading.policy?.verdict === 'refuse') return reading.policy;
  const { instruction, description, keep } = reading;
  return judgeText([instruction, description, ...keep].join('\n'), shownBy(document, inputsOf(reading)));
}

/** @throws AppError POLICY_REFUSED */
export function requireAllowed(verdict: PolicyVerdict): void {
  if (verdict.verdict === 'refuse') throw new AppError('POLICY_REFUSED', { category: verdict.category });
}

/** What is known in words about pictures: names of files, and what results were made of. */
function shownBy({ images }: Conversation, numbers: readonly number[]): string {
  const lines = images
    .filter(({ number }) => numbers.includes(number))
    .flatMap((image) => {
      const lineage = image.status === 'ready' ? image.lineage : undefined;
      return [image.name, image.altText, lineage?.instruction, lineage?.description];
    });
  return lines.filter((line) => line !== undefined).join('\n');
}
