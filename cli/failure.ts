import { type ErrorCode, isAppError, sayingOf, toWire } from '../core/errors.ts';
import type { Texts } from '../core/texts/catalogue.ts';

export const EXIT = { done: 0, failed: 1, findings: 2, usage: 64, configuration: 78 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** A command that was called wrongly. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** A message that was answered or asks back: there is no picture to make. */
export class NoPictureError extends Error {
  override readonly name = 'NoPictureError';
}

export interface Failure {
  /** For people, with the code at its end. */
  readonly sentence: string;
  readonly exitCode: ExitCode;
}

/** What must be changed outside the command before it can work. */
const CONFIGURATION_CODES: ReadonlySet<string> = new Set<ErrorCode>([
  'CONFIG_INVALID',
  'HOME_LOCKED',
  'MODEL_INVALID',
  'MODEL_MISSING',
  'DEVICE_UNAVAILABLE',
]);

/** One sentence and an exit code for anything that a command threw. */
export function describeFailure(error: unknown, texts: Texts): Failure {
  if (error instanceof UsageError) return { sentence: `${error.message} (USAGE)`, exitCode: EXIT.usage };
  if (error instanceof NoPictureError) return { sentence: `${error.message} (NO_PICTURE)`, exitCode: EXIT.failed };
  if (isAppError(error) && error.code !== 'BUG') {
    const sentence = texts.sayStored(sayingOf(toWire(error)));
    return { sentence: `${sentence} (${error.code})`, exitCode: exitCodeOf(error.code) };
  }
  if (isInferenceFailure(error)) {
    return { sentence: `${error.message} (${error.code})`, exitCode: exitCodeOf(error.code) };
  }
  return { sentence: `Something unexpected went wrong: ${rootMessage(error)} (BUG)`, exitCode: EXIT.failed };
}

function exitCodeOf(code: string): ExitCode {
  return CONFIGURATION_CODES.has(code) ? EXIT.configuration : EXIT.failed;
}

/** By name: asking inference itself would load it for every command that fails. */
function isInferenceFailure(error: unknown): error is Error & { readonly code: string } {
  return error instanceof Error && error.name === 'InferenceError' && 'code' in error && error.code !== 'BUG';
}

/** A BUG says nothing itself; what caused it does. */
function rootMessage(error: unknown): string {
  const root = isAppError(error) ? (error.cause ?? error) : error;
  return root instanceof Error ? root.message : String(root);
}
