import type { Context } from 'hono';
import { type AcceptedRequest, acceptRequest } from './accept-request.ts';
import { ApiError, invalidParameter } from './api-error.ts';
import type { ApiEnv, HttpApiDeps } from './deps.ts';
import { type ParameterRules, type PictureRequest, readParameters } from './parameters.ts';
import type { Quota } from './quota.ts';
import { readBody } from './read-body.ts';

export interface TakenRequest {
  readonly accepted: AcceptedRequest;
  readonly request: PictureRequest;
  /** Whether the caller can ask for the same again. */
  readonly isNamed: boolean;
}

const IDEMPOTENCY_KEY_CHARACTERS = 255;

/**
 * Read a request for pictures and make it a turn.
 * @param signal aborts reading when the caller or the server goes away.
 * @throws ApiError 400, 404, 409, 429; AppError as reading and the manager do.
 */
export async function takeRequest(
  c: Context<ApiEnv>,
  deps: HttpApiDeps,
  {
    quota,
    endpoint,
    signal,
  }: { readonly quota: Quota; readonly endpoint: ParameterRules['endpoint']; readonly signal: AbortSignal },
): Promise<TakenRequest> {
  const key = c.get('key');
  const idempotencyKey = c.req.header('idempotency-key');
  if (idempotencyKey !== undefined && idempotencyKey.length > IDEMPOTENCY_KEY_CHARACTERS) {
    throw invalidParameter(null, 'invalid_idempotency_key', 'An Idempotency-Key has at most 255 characters.');
  }
  // A request that is named may be the same as before, which needs no room.
  if (idempotencyKey === undefined) await quota.check(key);
  const contentType = c.req.header('content-type');
  const { fields, images } = await readBody(deps, { contentType, body: c.req.raw.body }, { signal });
  const request = readParameters(fields, { endpoint, imageCount: images.length, engines: deps.engines });
  // Whoever waits is told at once when nobody works; a job waits for them.
  if (endpoint !== 'jobs') await deps.requireWorkers(request.engine ?? deps.engines[0].id);
  const accepted = await acceptRequest(deps, quota, { key, request, images, idempotencyKey });
  c.header('X-Easel-Job', accepted.turn.id);
  return { accepted, request, isNamed: idempotencyKey !== undefined };
}

const RETRY_AFTER_SECONDS = 2;

/** The server ends while a caller waits; what was accepted goes on. Only a named request finds it again by being sent again. */
export function serverStops({ accepted: { turn }, isNamed }: TakenRequest): ApiError {
  return new ApiError({
    status: 503,
    type: 'server_error',
    code: 'server_stops',
    param: null,
    message: `The server is restarting. The request goes on as job ${turn.id}: GET /v1/jobs/${turn.id}`,
    ...(isNamed ? { retryAfterSeconds: RETRY_AFTER_SECONDS } : {}),
  });
}
