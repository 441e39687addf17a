import { isInferenceError } from '../inference/index.ts';

/** From now on a missing or damaged model ends the process with its sentence; anything else with its stack. */
export function sayFailures(): void {
  process.once('uncaughtException', (error) => {
    const words = isInferenceError(error) ? `${error.message} (${error.code})` : (error.stack ?? String(error));
    process.stderr.write(`${words}\n`);
    process.exit(1);
  });
}
