import type { Config } from '../../core/config.ts';
import { isAppError } from '../../core/errors.ts';
import type { ChatFailure } from '../../core/ports.ts';
import { sentenceOf } from '../doctor-sentence.ts';
import type { Finding } from '../finding.ts';
import { planVlm } from './check-vlm.ts';
import { openInterpreter } from './open-interpreter.ts';

const check = 'interpreter';

const REASONS: Readonly<Record<ChatFailure, string>> = {
  timeout: 'it did not answer in time',
  unreachable: 'its server cannot be reached',
  'key-refused': 'its server refuses the key',
  'not-found': 'its server knows no such model or address',
  'too-many-requests': 'its server takes no more requests now, or the account is empty',
  'request-refused': 'its server refuses the request',
  'server-failed': 'its server has a problem of its own',
  'answer-refused': 'it refuses to answer',
  malformed: 'its server answers what no chat model would',
};

/** Before anything is looked at. @throws AppError CONFIG_INVALID */
export function requireInterpreter(config: Config): void {
  try {
    planVlm(config);
  } catch (error) {
    // A model folder that cannot be read is a finding about the model.
    if (isAppError(error)) throw error;
  }
}

/** Open what reads requests, and ask it one word where it is a chat model. */
export async function checkInterpreter(config: Config): Promise<Finding> {
  const started = performance.now();
  try {
    const interpreter = await openInterpreter(config);
    try {
      const { name } = interpreter;
      if (name === 'rules') return { check, status: 'ok', message: 'requests are read by rules, in English' };
      await interpreter.ready();
      const answer = await interpreter.probe?.(new AbortController().signal);
      if (answer?.kind === 'failed') return problem(name, REASONS[answer.reason]);
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      const message = `requests are read by ${name}, which ${answer === undefined ? 'opens' : 'answers'} in ${seconds} s`;
      return { check, status: 'ok', message };
    } finally {
      await interpreter.dispose();
    }
  } catch (error) {
    return problem(config.vlm, sentenceOf(error));
  }
}

function problem(name: string, reason: string): Finding {
  const fix = 'Requests are read by rules until then. docs/interpreters.md lists the settings of EASEL_VLM.';
  return { check, status: 'problem', message: `${name} does not read requests: ${reason}`, fix };
}
