import { Hono } from 'hono';
import { asAppError, policyOf, toWire } from '../../../core/errors.ts';
import type { WebDeps, WebEnv } from './deps.ts';
import { viewProblem } from './views.ts';

const READY_TIMEOUT_MS = 5000;

/** What operators and machines ask: is it alive, would it work, how is it doing. */
export function createOperationRoutes({ checkReady, metrics, texts }: WebDeps): Hono<WebEnv> {
  return new Hono<WebEnv>()
    .get('/healthz', (c) => c.json({ status: 'alive' }))
    .get('/readyz', async (c) => {
      try {
        await checkReady({ signal: AbortSignal.any([c.req.raw.signal, AbortSignal.timeout(READY_TIMEOUT_MS)]) });
        return c.json({ status: 'ready' });
      } catch (thrown) {
        const error = asAppError(thrown);
        if (policyOf(error.code).status !== 503) throw error;
        // Not ready yet is an answer and no failure: asked every few seconds, it would fill the log while a model opens.
        return c.json(viewProblem(toWire(error), texts), 503);
      }
    })
    .get('/metrics', (c) =>
      c.body(metrics.render(), 200, { 'Content-Type': 'text/plain; version=0.0.4; charset=utf-8' }),
    );
}
