import { Hono } from 'hono';
import type { EngineDescription } from '../../core/ports.ts';
import type { ApiEnv, HttpApiDeps } from './deps.ts';
import { engineOf } from './parameters.ts';

/** `/v1/models`: what `model` may be, and what each can do; the first is used where none is named. */
export function createModelRoutes(engines: HttpApiDeps['engines'], startedAt: number): Hono<ApiEnv> {
  const created = Math.floor(startedAt / 1000);
  const view = ({ id, model, licence, maxImages }: EngineDescription) => ({
    id,
    object: 'model',
    created,
    owned_by: 'easel',
    name: model,
    licence,
    max_images: maxImages,
  });
  return new Hono<ApiEnv>()
    .get('/', (c) => c.json({ object: 'list', data: engines.map(view) }))
    .get('/:id', (c) => c.json(view(engineOf(c.req.param('id'), engines))));
}
