import { LIMITS } from '../../core/domain.ts';
import { AppError, isAppError } from '../../core/errors.ts';

/** Where pictures may come from, and how long that may take. */
export interface DownloadRules {
  /** Exact origins such as `https://cdn.example.com`; nothing else is ever asked, by redirects neither. */
  readonly origins: readonly string[];
  /** Sent to these origins only, for example a token. */
  readonly headers?: Readonly<Record<string, string>>;
  /** From the first byte asked for to the last one read. Default: 30 s. */
  readonly timeoutMs?: number;
}

/** Why a download failed, for logs and for platforms that can say what to mend. */
export type DownloadProblem = 'network' | 'timeout' | 'status' | 'redirect' | 'page';

const TIMEOUT_MS = 30_000;
const MAX_REDIRECTS = 3;
const ATTEMPTS = 2;
const MEGABYTE = 1_000_000;
/** Numbering fills in the image's number when it is known. */
const UNNUMBERED = 0;

function isAllowed(url: string, { origins }: DownloadRules): boolean {
  return URL.canParse(url) && origins.includes(new URL(url).origin);
}

/**
 * Begin to download a picture. The stream ends shortly after the byte limit, so that a reader with the same limit sees
 * that it is too large and nothing more is fetched.
 * @throws AppError DOWNLOAD_BLOCKED_HOST, DOWNLOAD_FAILED (details.problem), IMAGE_TOO_LARGE (by its declared length),
 *   CANCELLED; the stream throws the same.
 */
export async function openDownload(
  url: string,
  rules: DownloadRules,
  { signal }: { readonly signal: AbortSignal },
): Promise<AsyncIterable<Uint8Array>> {
  if (!isAllowed(url, rules)) throw new AppError('DOWNLOAD_BLOCKED_HOST', { number: UNNUMBERED });
  const deadline = AbortSignal.timeout(rules.timeoutMs ?? TIMEOUT_MS);
  const until = { signal, deadline };
  for (let attempt = 1; ; attempt += 1) {
    try {
      return readBody(await followRedirects(url, rules, until), until);
    } catch (error) {
      const isTransient = isAppError(error) && error.details['isTransient'] === true;
      if (!isTransient || attempt === ATTEMPTS) throw error;
    }
  }
}

interface Until {
  readonly signal: AbortSignal;
  readonly deadline: AbortSignal;
}

async function followRedirects(url: string, rules: DownloadRules, until: Until): Promise<Response> {
  let next = url;
  for (let hop = 0; hop <= MAX_REDIRECTS; hop += 1) {
    const response = await request(next, rules, until);
    const location = response.headers.get('location');
    if (response.status < 300 || response.status >= 400 || location === null) return await accepted(response);
    await response.body?.cancel();
    if (!URL.canParse(location, next)) break;
    next = new URL(location, next).href;
    if (!isAllowed(next, rules)) break;
  }
  throw failed('redirect');
}

async function request(url: string, { headers = {} }: DownloadRules, until: Until): Promise<Response> {
  try {
    return await fetch(url, { headers, redirect: 'manual', signal: AbortSignal.any([until.signal, until.deadline]) });
  } catch (cause) {
    throw interrupted(cause, until);
  }
}

/** A page in place of the picture is what servers send to strangers: a login, an error. */
async function accepted(response: Response): Promise<Response> {
  const type = response.headers.get('content-type') ?? '';
  const declaredBytes = Number(response.headers.get('content-length') ?? 0);
  const problem = !response.ok
    ? failed('status', { status: response.status, isTransient: response.status >= 500 || response.status === 429 })
    : type.startsWith('text/html')
      ? failed('page')
      : declaredBytes > LIMITS.imageBytes
        ? tooLarge(declaredBytes)
        : undefined;
  if (problem === undefined) return response;
  await response.body?.cancel();
  throw problem;
}

async function* readBody(response: Response, until: Until): AsyncGenerator<Uint8Array> {
  let sizeBytes = 0;
  try {
    for await (const chunk of response.body ?? []) {
      sizeBytes += chunk.length;
      yield chunk;
      if (sizeBytes > LIMITS.imageBytes) return;
    }
  } catch (cause) {
    throw interrupted(cause, until);
  }
}

export function tooLarge(sizeBytes: number): AppError {
  return new AppError('IMAGE_TOO_LARGE', { number: UNNUMBERED, size: `${Math.ceil(sizeBytes / MEGABYTE)} MB` });
}

function failed(problem: DownloadProblem, details: Readonly<Record<string, number | boolean>> = {}, cause?: unknown) {
  return new AppError('DOWNLOAD_FAILED', { number: UNNUMBERED }, { cause, details: { problem, ...details } });
}

function interrupted(cause: unknown, { signal, deadline }: Until): AppError {
  if (signal.aborted) return new AppError('CANCELLED', {}, { cause });
  return deadline.aborted ? failed('timeout', {}, cause) : failed('network', { isTransient: true }, cause);
}
