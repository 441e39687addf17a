import type { Interpretation } from '../domain.ts';
import { asAppError, policyOf } from '../errors.ts';
import type { Interpreter, Logger } from '../ports.ts';

export interface FallbackDeps {
  readonly main: Interpreter;
  /** Takes over when the interpreter itself fails; what is wrong with the request stays wrong. */
  readonly fallback: Interpreter;
  readonly logger: Logger;
}

/** An interpreter that always answers: a reading of the fallback says that it is one. */
export function createInterpreterWithFallback({ main, fallback, logger }: FallbackDeps): Interpreter {
  return {
    async interpret(request, { signal }): Promise<Interpretation> {
      try {
        return await main.interpret(request, { signal });
      } catch (thrown) {
        const error = asAppError(thrown);
        const isRequestsFault = policyOf(error.code).status < 500;
        if (isRequestsFault || signal.aborted) throw error;
        logger.warn(
          { event: 'interpret-fallback', code: error.code, ...error.details },
          'the interpreter failed; the rules take over',
        );
        const reading = await fallback.interpret(request, { signal });
        return { ...reading, note: { key: 'note.by-rules', values: {} } };
      }
    },
  };
}
