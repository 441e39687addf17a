import type { Interpretation } from '../../../core/domain.ts';
import type { Interpreter, InterpreterRequest } from '../../../core/ports.ts';

/** An interpreter that answers from a list, and throws the errors in it. */
export function createScriptedInterpreter(...answers: readonly (Interpretation | Error)[]) {
  const left = [...answers];
  const requests: InterpreterRequest[] = [];
  const interpreter = {
    interpret(request) {
      requests.push(request);
      const answer = left.shift() ?? new Error('the script has no more answers');
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    },
  } satisfies Interpreter;
  return { ...interpreter, requests };
}
