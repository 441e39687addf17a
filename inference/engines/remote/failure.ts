import { InferenceError, type InferenceErrorCode, type InferenceErrorDetails } from '../../errors.ts';
import { PrivateAddressError } from './guarded-agent.ts';

export interface FailureFacts extends InferenceErrorDetails {
  /** Id of the engine. */
  readonly engine: string;
}

const MESSAGES = {
  ENGINE_UNAVAILABLE: 'The image server cannot be reached.',
  ENGINE_BUSY: 'The image server has too much to do.',
  ENGINE_QUOTA: 'The account at the image server has no credit left.',
  ENGINE_MISCONFIGURED: 'The image server cannot be used as it is set up.',
  ENGINE_CANNOT: 'The image server is not set up for this number of images.',
  ENGINE_FAILED: 'The image server sent no picture.',
  PROMPT_BLOCKED: 'The image server refused the request.',
  RESULT_BLOCKED: 'The image server held its result back.',
  INFERENCE_OUT_OF_MEMORY: 'The image server has too little memory for this.',
  CANCELLED: 'The render was cancelled.',
} as const satisfies Partial<Record<InferenceErrorCode, string>>;

export type RemoteFailureCode = keyof typeof MESSAGES;

/** @param said what the server wrote, redacted: only ever a cause, because it may hold a person's words. */
export function remoteFailure(
  code: RemoteFailureCode,
  facts: FailureFacts,
  said: { readonly text?: string; readonly cause?: unknown } = {},
): InferenceError {
  const cause = said.cause ?? (said.text === undefined ? undefined : new Error(said.text));
  const reason = typeof facts['reason'] === 'string' ? ` ${REASONS[facts['reason']] ?? ''}` : '';
  return new InferenceError(code, `${facts.engine}: ${MESSAGES[code]}${reason}`.trimEnd(), facts, { cause });
}

/** What an operator reads; every reason is a constant of ours. */
const REASONS: Readonly<Record<string, string>> = {
  certificate: 'Its certificate is not valid.',
  cut: 'It closed the connection in the middle.',
  empty: 'Its answer holds no image.',
  execution: 'Its workflow failed.',
  html: 'It answered with a web page; the address may be wrong.',
  key: 'It does not accept the key.',
  model: 'It does not know the model or the address.',
  'not-json': 'Its answer is not JSON.',
  'not-an-image': 'What it sent as an image is none.',
  private: 'Its address is private; allow that with EASEL_ALLOW_PRIVATE=true (allowPrivate in the engines file).',
  redirect: 'It redirects to another address; set that address.',
  request: 'It does not accept the request.',
  'result-address': 'Its result lies at an address that is not allowed.',
  status: 'It answered with an error.',
  timeout: 'It took too long.',
  'too-large': 'Its answer is too large.',
  workflow: 'It does not accept the workflow.',
};

/** Raised before anything was sent: asking again is safe. */
const NEVER_SENT: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
  'UND_ERR_CONNECT_TIMEOUT',
]);
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_TLS|EPROTO|ERR_SSL/;

/** Why no answer came. @param hasEffect whether a request that arrived may have cost something. */
export function networkFailure(
  thrown: unknown,
  engine: string,
  { signal, hasEffect }: { readonly signal: AbortSignal | undefined; readonly hasEffect: boolean },
): InferenceError {
  if (signal?.aborted === true) return remoteFailure('CANCELLED', { engine }, { cause: thrown });
  const causes = chainOf(thrown);
  if (causes.some((cause) => cause instanceof PrivateAddressError)) {
    return remoteFailure('ENGINE_MISCONFIGURED', { engine, reason: 'private' }, { cause: thrown });
  }
  const code = causes.map(codeOf).find((each) => each !== '') ?? '';
  if (CERTIFICATE.test(code)) {
    return remoteFailure('ENGINE_MISCONFIGURED', { engine, reason: 'certificate', code }, { cause: thrown });
  }
  const isTimeout = causes.some((cause) => cause instanceof Error && cause.name === 'TimeoutError');
  const wasSent = hasEffect && !NEVER_SENT.has(code);
  const reason = isTimeout ? 'timeout' : 'cut';
  return wasSent
    ? remoteFailure('ENGINE_FAILED', { engine, reason, code }, { cause: thrown })
    : remoteFailure('ENGINE_UNAVAILABLE', { engine, code }, { cause: thrown });
}

function chainOf(thrown: unknown): readonly unknown[] {
  const chain: unknown[] = [];
  // An AggregateError of several tried addresses says the same as its first.
  for (let each = thrown; each !== undefined && each !== null && chain.length < 8; ) {
    chain.push(each);
    each = each instanceof AggregateError ? each.errors[0] : each instanceof Error ? each.cause : undefined;
  }
  return chain;
}

function codeOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
}
