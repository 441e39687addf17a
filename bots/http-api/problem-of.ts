import { type AppError, asAppError, type ErrorCode, policyOf, sayingOf, toWire } from '../../core/errors.ts';
import type { Texts } from '../../core/texts/catalogue.ts';
import { ApiError, type ApiProblem } from './api-error.ts';

const RETRY_AFTER_SECONDS = 5;

/** Which parameter a code is about. */
const PARAMETERS: Readonly<Partial<Record<ErrorCode, string>>> = {
  TEXT_EMPTY: 'prompt',
  TEXT_TOO_LONG: 'prompt',
  UNKNOWN_IMAGE: 'prompt',
  PROMPT_BLOCKED: 'prompt',
  POLICY_REFUSED: 'prompt',
  IMAGE_REFUSED: 'image',
  NO_IMAGE: 'image',
  TOO_MANY_IMAGES: 'image',
  IMAGE_TOO_LARGE: 'image',
  IMAGE_UNREADABLE: 'image',
  IMAGE_GONE: 'image',
};

/** Codes whose sentence speaks of a chat's buttons and messages. */
const SENTENCES: Readonly<Partial<Record<ErrorCode, string>>> = {
  TURN_UNKNOWN: 'There is no such job, or another key made it.',
  NO_IMAGE: 'The prompt speaks of an image, and the request has none. Send images to /v1/images/edits.',
  CANCELLED: 'The request was cancelled.',
  INFERENCE_OUT_OF_MEMORY: 'That was too large for the memory here. Use fewer or smaller images.',
  INFERENCE_CHILD_DIED: 'The worker stopped while making this, and trying again did not help.',
  RESULT_REFUSED: 'The result was held back by the safety filter.',
  SAFETY_UNAVAILABLE: 'Pictures cannot be checked right now, so none are made.',
  RESULT_BLOCKED: 'The result was held back by the safety filter.',
  ENGINE_BUSY: '{engine} has too much to do right now; nothing was made.',
  ENGINE_FAILED: '{engine} sent no picture ({reference}). It may have charged for it.',
};

/** Refusals that OpenAI's clients know by another name: an engine's, and our own. */
const MODERATION: Readonly<Partial<Record<ErrorCode, string>>> = {
  PROMPT_BLOCKED: 'moderation_blocked',
  RESULT_BLOCKED: 'moderation_blocked',
  POLICY_REFUSED: 'content_policy_violation',
  IMAGE_REFUSED: 'content_policy_violation',
  RESULT_REFUSED: 'content_policy_violation',
};

/** Anything thrown while a request is answered. What nobody foresaw says nothing but a reference, which the log has too. */
export function problemOf(thrown: unknown, texts: Texts, reference: string): ApiProblem {
  if (thrown instanceof ApiError) return thrown.problem;
  const error = asAppError(thrown);
  const problem = failureOf(error, texts, reference);
  return problem.status === 503 ? { ...problem, retryAfterSeconds: RETRY_AFTER_SECONDS } : problem;
}

/** Why a turn failed. Sending it again by itself would only make another one, so clients are told not to. */
export function failureOf(error: AppError, texts: Texts, reference: string): ApiProblem {
  const { code } = error;
  const moderation = MODERATION[code];
  const status = moderation !== undefined ? 400 : statusOf(policyOf(code).status);
  return {
    status,
    type: status >= 500 ? 'server_error' : status === 429 ? 'requests' : 'invalid_request_error',
    code: moderation ?? code.toLowerCase(),
    param: PARAMETERS[code] ?? null,
    message: sentenceOf(error, texts, reference),
  };
}

function sentenceOf(error: AppError, texts: Texts, reference: string): string {
  const own = SENTENCES[error.code];
  const { engine = 'The engine' } = error.values;
  if (own !== undefined) return own.replace('{engine}', String(engine)).replace('{reference}', reference);
  const saying = sayingOf(toWire(error));
  return saying.key === 'error.general'
    ? `Something went wrong on the server's side (${reference}).`
    : texts.sayStored(saying, reference);
}

const STATUSES = [400, 401, 403, 404, 409, 410, 413, 415, 422, 429, 500, 502, 503] as const;

function statusOf(status: number): ApiProblem['status'] {
  return STATUSES.find((each) => each === status) ?? 500;
}
