import { randomBytes } from 'node:crypto';
import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { asAppError, policyOf, toWire } from '../../../core/errors.ts';
import type { Problem } from '../protocol.ts';
import type { WebDeps, WebEnv } from './deps.ts';
import { viewProblem } from './views.ts';

/** What is wrong with a request as such; programs read these, people never see them in the page. */
const REFUSALS = {
  HOST_REFUSED: { status: 403, message: 'This server does not answer to that host name.' },
  ORIGIN_REFUSED: { status: 403, message: 'Requests from other sites are refused.' },
  NOT_FOUND: { status: 404, message: 'There is nothing at this address.' },
} as const;

const RETRY_AFTER_SECONDS = '5';

export function refuse(c: Context<WebEnv>, code: keyof typeof REFUSALS): Response {
  const { status, message } = REFUSALS[code];
  return c.json({ code, message } satisfies Problem, status);
}

/** Anything thrown becomes its code, status and sentence; the stack goes to the log and nowhere else. */
export function answerError(
  c: Context<WebEnv>,
  thrown: unknown,
  { texts, logger }: Pick<WebDeps, 'texts' | 'logger'>,
): Response {
  const error = asAppError(thrown);
  const { status, log } = policyOf(error.code);
  const reference = `#${randomBytes(2).toString('hex')}`;
  const fields = { event: 'request-failed', code: error.code, reference, path: c.req.routePath, ...error.details };
  if (log === 'info') logger.info(fields, 'a request was refused');
  else logger[log === 'warn' ? 'warn' : 'error']({ ...fields, stack: stackOf(error) }, 'a request failed');
  if (status === 429 || status === 503) c.header('Retry-After', RETRY_AFTER_SECONDS);
  return c.json(viewProblem(toWire(error), texts, reference), status as ContentfulStatusCode);
}

function stackOf(error: Error): string | undefined {
  return error.cause instanceof Error ? error.cause.stack : error.stack;
}
