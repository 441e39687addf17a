import { Hono } from 'hono';
import type { WebDeps, WebEnv } from './deps.ts';

const READY_TIMEOUT_MS = 5000;

/** What operators and machines ask: is it alive, would it work, how is it doing. */
export function createOperationRoutes({ checkReady, metrics }: WebDeps): Hono<WebEnv> {
  return new Hono<WebEnv>()
    .get('/healthz', (c) => c.json({ status: 'alive' }))
    .get('/readyz', async (c) => {
      await checkReady({ signal: AbortSignal.any([c.req.raw.signal, AbortSignal.timeout(READY_TIMEOUT_MS)]) });
      return c.json({ status: 'ready' });
    })
    .get('/metrics', (c) =>
      c.body(metrics.render(), 200, { 'Content-Type': 'text/plain; version=0.0.4; charset=utf-8' }),
    );
}
