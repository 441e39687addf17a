import type { EngineRoute, EngineSettings } from '../../../core/engine-choice.ts';
import type { Price } from '../../../core/money.ts';
import type { ImageEngine } from '../../../core/ports.ts';
import { createPaintingEngine } from '../web/painting-engine.ts';

/** An engine beside the default one. */
export interface PricedEngine {
  readonly engine: ImageEngine;
  readonly price?: Price;
}

/** Four cents a picture, and one more for each image that goes in. */
export function createCrayon(): PricedEngine {
  const price = { currency: 'USD', perImage: 0.04, perInput: 0.01 };
  return { engine: createPaintingEngine({ id: 'crayon', steps: 2 }), price };
}

/** What the manager knows of a default engine and others. */
export function engineSettings(engine: ImageEngine, others: readonly PricedEngine[]): EngineSettings {
  return { engine: routeOf({ engine }), engines: { others: others.map(routeOf) } };
}

function routeOf({ engine: { description }, price }: PricedEngine): EngineRoute {
  const { id, maxImages, model } = description;
  return { id, maxImages, model, ...(price === undefined ? {} : { price }) };
}
