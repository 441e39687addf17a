import { setImmediate } from 'node:timers/promises';
import { InferenceError } from '../errors.ts';

/** Let messages in, then stop if the caller asked for it: networks block the event loop while they run.
 * @throws {InferenceError} CANCELLED */
export async function yieldToCancellation(signal: AbortSignal | undefined): Promise<void> {
  await setImmediate();
  if (signal?.aborted) throw new InferenceError('CANCELLED', 'The request was cancelled.');
}
