import { Hono, type MiddlewareHandler } from 'hono';
import { answerError } from './answers.ts';
import { type ConversationRouteOptions, createConversationRoutes } from './conversation-routes.ts';
import type { WebDeps, WebEnv } from './deps.ts';
import { createEngineRoutes } from './engine-routes.ts';
import { createFileRoutes } from './file-routes.ts';
import { createGuard, type GuardOptions } from './guard.ts';
import { createOperationRoutes } from './operation-routes.ts';
import { createSecurityHeaders } from './security-headers.ts';
import { createTurnRoutes } from './turn-routes.ts';

/** Every route of the web chat behind its guard. */
export function createWebApp(deps: WebDeps, options: GuardOptions & ConversationRouteOptions): Hono<WebEnv> {
  const app = new Hono<WebEnv>()
    .use(createSecurityHeaders())
    .use(measureRequests(deps))
    .use(createGuard(options))
    .route('/api/conversations', createConversationRoutes(deps, options))
    .route('/api/turns', createTurnRoutes(deps))
    .route('/api/engines', createEngineRoutes(deps))
    .route('/', createOperationRoutes(deps))
    .route('/', createFileRoutes(deps));
  app.onError((error, c) => answerError(c, error, deps));
  return app;
}

function measureRequests({ metrics, clock }: WebDeps): MiddlewareHandler<WebEnv> {
  return async (c, next) => {
    const startedAt = clock.now();
    await next();
    // The route's pattern, not the path: ids would make endless series and are secrets.
    const route = c.req.routePath;
    metrics.count('easel_http_requests_total', { method: c.req.method, route, status: c.res.status });
    metrics.observe('easel_http_request_seconds', (clock.now() - startedAt) / 1000, { route });
  };
}
