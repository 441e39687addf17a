import type { Saying, WireError } from './domain.ts';
import type { PictureCategory } from './safety/picture-verdict.ts';
import type { PolicyCategory } from './safety/policy-verdict.ts';
import type { TextKey, TextValues } from './texts/catalogue.ts';

export interface ErrorPolicy {
  /** `never`: ended. `backoff`: until the job's last attempt. `once`: one more attempt. `delayed`: after `retryAfterMs`, uses no attempt. */
  readonly retry: 'never' | 'backoff' | 'once' | 'delayed';
  readonly log: 'info' | 'warn' | 'error' | 'fatal';
  /** HTTP status where the code can answer a request. */
  readonly status: number;
  readonly text: TextKey;
  /** Whether another engine may make the picture instead. Never after a refusal of the request itself. */
  readonly anotherEngine?: true;
  /** Whether it refuses the request itself: the same request is refused again. */
  readonly refusal?: true;
}

const anotherEngine = true;
const refusal = true;

/** What every code means. The one place that decides retries, log levels, HTTP status and the sentence. */
export const ERROR_POLICY = {
  NO_IMAGE: { retry: 'never', log: 'info', status: 400, text: 'error.NO_IMAGE' },
  UNKNOWN_IMAGE: { retry: 'never', log: 'info', status: 400, text: 'error.UNKNOWN_IMAGE' },
  TOO_MANY_IMAGES: { retry: 'never', log: 'info', status: 400, text: 'error.TOO_MANY_IMAGES' },
  TEXT_EMPTY: { retry: 'never', log: 'info', status: 400, text: 'error.TEXT_EMPTY' },
  TEXT_TOO_LONG: { retry: 'never', log: 'info', status: 400, text: 'error.TEXT_TOO_LONG' },
  REQUEST_INVALID: { retry: 'never', log: 'info', status: 400, text: 'error.REQUEST_INVALID' },
  IMAGE_TOO_LARGE: { retry: 'never', log: 'info', status: 413, text: 'error.IMAGE_TOO_LARGE' },
  IMAGE_UNREADABLE: { retry: 'never', log: 'info', status: 415, text: 'error.IMAGE_UNREADABLE' },
  IMAGE_GONE: { retry: 'never', log: 'warn', status: 410, text: 'error.IMAGE_GONE' },
  DOWNLOAD_FAILED: { retry: 'backoff', log: 'warn', status: 502, text: 'error.DOWNLOAD_FAILED' },
  DOWNLOAD_BLOCKED_HOST: { retry: 'never', log: 'warn', status: 400, text: 'error.DOWNLOAD_BLOCKED_HOST' },
  DOWNLOAD_FORBIDDEN: { retry: 'never', log: 'error', status: 502, text: 'error.DOWNLOAD_FORBIDDEN' },
  NOT_ALLOWED: { retry: 'never', log: 'info', status: 403, text: 'error.NOT_ALLOWED' },
  CONVERSATION_UNKNOWN: { retry: 'never', log: 'info', status: 404, text: 'error.CONVERSATION_UNKNOWN' },
  TURN_UNKNOWN: { retry: 'never', log: 'info', status: 404, text: 'error.TURN_UNKNOWN' },
  NOTHING_TO_REPEAT: { retry: 'never', log: 'info', status: 409, text: 'error.NOTHING_TO_REPEAT' },
  LIMIT: { retry: 'never', log: 'info', status: 429, text: 'error.LIMIT' },
  ENGINE_UNAVAILABLE: { retry: 'backoff', log: 'error', status: 503, text: 'error.ENGINE_UNAVAILABLE', anotherEngine },
  ENGINE_BUSY: { retry: 'backoff', log: 'warn', status: 503, text: 'error.ENGINE_BUSY', anotherEngine },
  ENGINE_QUOTA: { retry: 'never', log: 'error', status: 503, text: 'error.ENGINE_QUOTA', anotherEngine },
  ENGINE_MISCONFIGURED: {
    retry: 'never',
    log: 'error',
    status: 503,
    text: 'error.ENGINE_MISCONFIGURED',
    anotherEngine,
  },
  ENGINE_CANNOT: { retry: 'never', log: 'info', status: 400, text: 'error.ENGINE_CANNOT', anotherEngine },
  // Asked again only by a person: the request may have arrived and been charged.
  ENGINE_FAILED: { retry: 'never', log: 'error', status: 502, text: 'error.ENGINE_FAILED', anotherEngine },
  ENGINE_UNKNOWN: { retry: 'never', log: 'info', status: 400, text: 'error.ENGINE_UNKNOWN' },
  PERSON_BUDGET_SPENT: { retry: 'never', log: 'info', status: 429, text: 'error.PERSON_BUDGET_SPENT' },
  PLACE_BUDGET_SPENT: { retry: 'never', log: 'info', status: 429, text: 'error.PLACE_BUDGET_SPENT' },
  INFERENCE_OUT_OF_MEMORY: { retry: 'once', log: 'error', status: 500, text: 'error.OUT_OF_MEMORY', anotherEngine },
  INFERENCE_CHILD_DIED: { retry: 'once', log: 'error', status: 500, text: 'error.WORKER_DIED', anotherEngine },
  SHAPE_MISMATCH: { retry: 'never', log: 'error', status: 500, text: 'error.general', anotherEngine },
  NUMERIC_INVALID: { retry: 'never', log: 'error', status: 500, text: 'error.general', anotherEngine },
  MODEL_MISSING: { retry: 'never', log: 'fatal', status: 503, text: 'error.MODEL_MISSING', anotherEngine },
  MODEL_INVALID: { retry: 'never', log: 'fatal', status: 503, text: 'error.MODEL_INVALID', anotherEngine },
  DEVICE_UNAVAILABLE: { retry: 'never', log: 'fatal', status: 503, text: 'error.DEVICE_UNAVAILABLE', anotherEngine },
  PROMPT_BLOCKED: { retry: 'never', log: 'info', status: 422, text: 'error.PROMPT_BLOCKED', refusal },
  RESULT_BLOCKED: { retry: 'never', log: 'info', status: 422, text: 'error.RESULT_BLOCKED' },
  // Refused here, not by an engine: nothing is asked or counted for the first two.
  POLICY_REFUSED: { retry: 'never', log: 'info', status: 422, text: 'error.POLICY_REFUSED', refusal },
  IMAGE_REFUSED: { retry: 'never', log: 'info', status: 422, text: 'error.IMAGE_REFUSED', refusal },
  RESULT_REFUSED: { retry: 'never', log: 'info', status: 422, text: 'error.RESULT_BLOCKED' },
  SAFETY_UNAVAILABLE: { retry: 'once', log: 'error', status: 503, text: 'error.SAFETY_UNAVAILABLE' },
  PLATFORM_RATE_LIMITED: { retry: 'delayed', log: 'info', status: 503, text: 'error.TRY_LATER' },
  PLATFORM_FORBIDDEN: { retry: 'never', log: 'warn', status: 403, text: 'error.CANNOT_POST' },
  PLATFORM_NOT_FOUND: { retry: 'never', log: 'warn', status: 404, text: 'error.CANNOT_POST' },
  PLATFORM_UNAVAILABLE: { retry: 'backoff', log: 'error', status: 503, text: 'error.TRY_LATER' },
  QUEUE_UNAVAILABLE: { retry: 'backoff', log: 'error', status: 503, text: 'error.TRY_LATER' },
  STORE_UNAVAILABLE: { retry: 'backoff', log: 'error', status: 503, text: 'error.TRY_LATER' },
  PAYLOAD_INVALID: { retry: 'never', log: 'error', status: 500, text: 'error.general' },
  CANCELLED: { retry: 'never', log: 'info', status: 409, text: 'error.CANCELLED' },
  HOME_LOCKED: { retry: 'never', log: 'fatal', status: 503, text: 'error.HOME_LOCKED' },
  CONFIG_INVALID: { retry: 'never', log: 'fatal', status: 500, text: 'error.CONFIG_INVALID' },
  BUG: { retry: 'never', log: 'error', status: 500, text: 'error.general' },
} as const satisfies Readonly<Record<string, ErrorPolicy>>;

export type ErrorCode = keyof typeof ERROR_POLICY;
/** Values of the code's sentence; `PLATFORM_RATE_LIMITED` also says when to come back, a refusal its category. */
export type ErrorValues<C extends ErrorCode> = TextValues<(typeof ERROR_POLICY)[C]['text']> &
  (C extends 'PLATFORM_RATE_LIMITED' ? { readonly retryAfterMs: number } : unknown) &
  (C extends 'POLICY_REFUSED' ? { readonly category: PolicyCategory } : unknown) &
  (C extends 'IMAGE_REFUSED' | 'RESULT_REFUSED' ? { readonly category: PictureCategory } : unknown);

export interface AppErrorOptions {
  readonly cause?: unknown;
  /** For logs: what an operator needs to know. JSON-safe and free of user content. */
  readonly details?: Readonly<Record<string, string | number | boolean | null>>;
}

const BRAND = Symbol.for('easel.AppError');

/** The only error that crosses a boundary. `message` is for operators; people read the sentence of the code. */
export class AppError<C extends ErrorCode = ErrorCode> extends Error {
  readonly [BRAND] = true;
  readonly code: C;
  readonly values: Readonly<Record<string, string | number>>;
  readonly details: Readonly<Record<string, string | number | boolean | null>>;

  constructor(code: C, values: ErrorValues<C>, options: AppErrorOptions = {}) {
    super(code, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.values = values as Readonly<Record<string, string | number>>;
    this.details = options.details ?? {};
  }
}

/** By brand, not by class: two copies of this module may meet in one process. */
export function isAppError(error: unknown): error is AppError {
  return error instanceof Error && BRAND in error;
}

/** Anything thrown becomes an AppError; what nobody foresaw is a BUG with its cause. */
export function asAppError(error: unknown): AppError {
  return isAppError(error) ? error : new AppError('BUG', {}, { cause: error });
}

export function toWire(error: AppError): WireError {
  return { code: error.code, values: error.values };
}

/** A code that this version does not know becomes PAYLOAD_INVALID. */
export function fromWire(wire: WireError): AppError {
  if (!isErrorCode(wire.code)) return new AppError('PAYLOAD_INVALID', {}, { details: { code: wire.code } });
  return new AppError<ErrorCode>(wire.code, wire.values as ErrorValues<ErrorCode>);
}

export function policyOf(code: ErrorCode): ErrorPolicy {
  return ERROR_POLICY[code];
}

/** The sentence of an error, to be said in the reader's language. */
export function sayingOf(wire: WireError): Saying {
  return { key: isErrorCode(wire.code) ? ERROR_POLICY[wire.code].text : 'error.general', values: wire.values };
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERROR_POLICY, code);
}
