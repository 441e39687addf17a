import { Hono } from 'hono';
import { engineOf, routesOf } from '../../../core/engine-choice.ts';
import { costOf } from '../../../core/money.ts';
import type { EnginesView } from '../protocol.ts';
import type { WebDeps, WebEnv } from './deps.ts';
import { WEB } from './web-platform.ts';

/** `/api/engines`: what a message may choose, the default of the web chat first. */
export function createEngineRoutes({ manager: { engines } }: Pick<WebDeps, 'manager'>): Hono<WebEnv> {
  return new Hono<WebEnv>().get('/', (c) => {
    const first = engineOf({ platform: WEB, place: '' }, {}, engines);
    const others = routesOf(engines).filter(({ id }) => id !== first.id);
    return c.json({
      engines: [first, ...others].map(({ id, model, maxImages, price }) => ({
        id,
        ...(model === undefined ? {} : { model }),
        maxImages,
        ...(price === undefined || costOf(price, maxImages) === undefined ? {} : { price }),
        isDefault: id === first.id,
      })),
    } satisfies EnginesView);
  });
}
