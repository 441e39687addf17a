import { Hono } from 'hono';
import type { EngineDescription } from '../../core/ports.ts';
import { ApiError } from './api-error.ts';
import type { ApiEnv } from './deps.ts';

/** `/v1/models`: what `model` may be, and what it can do. */
export function createModelRoutes(engine: EngineDescription, startedAt: number): Hono<ApiEnv> {
  const model = {
    id: engine.id,
    object: 'model',
    created: Math.floor(startedAt / 1000),
    owned_by: 'easel',
    name: engine.model,
    licence: engine.licence,
    max_images: engine.maxImages,
  };
  return new Hono<ApiEnv>()
    .get('/', (c) => c.json({ object: 'list', data: [model] }))
    .get('/:id', (c) => {
      if (c.req.param('id') === engine.id) return c.json(model);
      const message = `There is no such model here; there is ${JSON.stringify(engine.id)}.`;
      const type = 'invalid_request_error';
      throw new ApiError({ status: 404, type, code: 'model_not_found', param: 'model', message });
    });
}
