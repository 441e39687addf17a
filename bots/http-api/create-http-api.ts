import { randomBytes } from 'node:crypto';
import { getRequestListener } from '@hono/node-server';
import { type Context, Hono, type MiddlewareHandler } from 'hono';
import { asAppError, policyOf } from '../../core/errors.ts';
import type { ChatPlatform, Stop } from '../../core/ports.ts';
import type { Mount } from '../shared/events-server.ts';
import { ApiError, type ApiProblem, notFound } from './api-error.ts';
import { createApiPlatform } from './api-platform.ts';
import { authenticate } from './authenticate.ts';
import type { ApiEnv, HttpApiDeps } from './deps.ts';
import { createImageRoutes, createPictureRoutes } from './image-routes.ts';
import { createJobRoutes } from './job-routes.ts';
import { createModelRoutes } from './model-routes.ts';
import { problemOf } from './problem-of.ts';
import { createQuota } from './quota.ts';
import { errorBody } from './views.ts';

export interface HttpApi {
  /** To be served on `deliver-http-api`. */
  readonly platform: ChatPlatform;
  /** Everything under `/v1/`. */
  readonly http: Mount;
  /** Tell callers who wait that the server stops; what they asked for goes on. */
  readonly stop: Stop;
}

/** Pictures for programs, in the terms of OpenAI's images API. */
export function createHttpApi(deps: HttpApiDeps): HttpApi {
  const stopping = new AbortController();
  const options = { quota: createQuota(deps), stopping: stopping.signal };
  const withKey = new Hono<ApiEnv>()
    .use(authenticate(deps.keys))
    .route('/images', createImageRoutes(deps, options))
    .route('/jobs', createJobRoutes(deps, options))
    .route('/models', createModelRoutes(deps.engines, deps.clock.now()))
    .all('*', () => {
      throw notFound('There is nothing at this address.');
    });
  const app = new Hono<ApiEnv>()
    .use(countRequests(deps), sendPlainHeaders(stopping.signal))
    .route('/v1/images', createPictureRoutes(deps))
    .route('/v1', withKey);
  app.onError((error, c) => answerError(c, error, deps));
  const listener = getRequestListener(app.fetch);
  return {
    platform: createApiPlatform(),
    http: { path: '/v1/', listener: (request, response) => void listener(request, response) },
    async stop() {
      stopping.abort();
    },
  };
}

function answerError(c: Context<ApiEnv>, thrown: unknown, { texts, logger }: HttpApiDeps): Response {
  const reference = `#${randomBytes(2).toString('hex')}`;
  const problem = problemOf(thrown, texts, reference);
  if (!(thrown instanceof ApiError)) {
    const error = asAppError(thrown);
    const { log } = policyOf(error.code);
    const stack = error.code === 'BUG' && error.cause instanceof Error ? { stack: error.cause.stack } : {};
    const fields = {
      event: 'api-request-failed',
      code: error.code,
      reference,
      path: c.req.routePath,
      ...error.details,
    };
    logger[log === 'fatal' ? 'error' : log]({ ...fields, ...stack }, 'a request to the HTTP API was refused or failed');
  }
  return answerProblem(c, problem);
}

function answerProblem(c: Context<ApiEnv>, problem: ApiProblem): Response {
  const { status, retryAfterSeconds, mayRetry = retryAfterSeconds !== undefined } = problem;
  if (status === 401) c.header('WWW-Authenticate', 'Bearer');
  if (retryAfterSeconds !== undefined) c.header('Retry-After', String(retryAfterSeconds));
  // Official clients ask again by themselves; what cannot become better, or is under way already, would be asked for twice.
  c.header('X-Should-Retry', String(mayRetry));
  return c.json({ error: errorBody(problem) }, status);
}

function countRequests({ metrics }: HttpApiDeps): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    await next();
    // The route's pattern, not the path: ids would make endless series and are secrets.
    metrics.count('easel_api_requests_total', { method: c.req.method, route: c.req.routePath, status: c.res.status });
  };
}

/** What is answered is for its caller alone, and is what it says it is. */
function sendPlainHeaders(stopping: AbortSignal): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    await next();
    // A connection that is kept would only hold up a server that stops.
    if (stopping.aborted) c.header('Connection', 'close');
    c.header('X-Content-Type-Options', 'nosniff');
    if (c.res.headers.get('Cache-Control') === null) c.header('Cache-Control', 'no-store');
  };
}
