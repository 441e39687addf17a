import { isAppError, sayingOf, toWire } from '../core/errors.ts';
import { texts } from './texts.ts';

/** What went wrong, in the words for people where there are any. */
export function sentenceOf(error: unknown): string {
  if (isAppError(error) && error.code !== 'BUG') return texts.sayStored(sayingOf(toWire(error)));
  return causeOf(error);
}

/** What the server or the system said. */
export function causeOf(error: unknown): string {
  const root = isAppError(error) ? (error.cause ?? error) : error;
  return root instanceof Error ? root.message : String(root);
}
