import type { Conversation, Turn } from './domain.ts';
import { AppError } from './errors.ts';
import type { Price } from './money.ts';

/** An engine as far as requests are concerned: where they go, what fits and what it costs. */
export interface EngineRoute {
  /** Its queue is `render-<id>`. */
  readonly id: string;
  /** Base included. */
  readonly maxImages: number;
  /** Name and version of its model, for people. */
  readonly model?: string;
  readonly price?: Price;
}

/** Engines beside the default one. */
export interface EngineRoutes {
  readonly others?: readonly EngineRoute[];
  /** Default of a place: `discord`, `discord:<guild>`, `discord:<guild>/<channel>`, `slack:<team>:<channel>` …; the most exact wins. */
  readonly ofPlace?: Readonly<Record<string, string>>;
  /** Ids of engines that are tried, in this order, when another one fails. */
  readonly fallback?: readonly string[];
}

/** What the choice needs to know; `engine` is the default. */
export interface EngineSettings {
  readonly engine: EngineRoute;
  readonly engines?: EngineRoutes;
}

/** Where a turn's pictures are made: by its own wish, else by its place, else by the default. An engine that is gone is no wish. */
export function engineOf(
  { platform, place }: Pick<Conversation, 'platform' | 'place'>,
  { engine }: Pick<Turn, 'engine'>,
  settings: EngineSettings,
): EngineRoute {
  const ofPlace = settings.engines?.ofPlace ?? {};
  const chosen = [engine, ...placesAround(platform, place).map((each) => ofPlace[each])];
  for (const id of chosen) {
    const route = id === undefined ? undefined : findEngine(id, settings);
    if (route !== undefined) return route;
  }
  return settings.engine;
}

/** The next engine that takes as many images and was not tried. @param tried ids */
export function nextEngine(
  tried: readonly string[],
  images: number,
  settings: EngineSettings,
): EngineRoute | undefined {
  const order = settings.engines?.fallback ?? [];
  return order
    .filter((id) => !tried.includes(id))
    .flatMap((id) => findEngine(id, settings) ?? [])
    .find(({ maxImages }) => images <= maxImages);
}

/** @throws AppError ENGINE_UNKNOWN */
export function requireEngine(id: string | undefined, settings: EngineSettings): void {
  if (id === undefined || findEngine(id, settings) !== undefined) return;
  const engines = routesOf(settings).map((route) => route.id);
  throw new AppError('ENGINE_UNKNOWN', { engine: id.slice(0, 60), engines: engines.join(', ') });
}

/** Every engine that requests may choose; the default one first. */
export function routesOf({ engine, engines }: EngineSettings): readonly EngineRoute[] {
  return [engine, ...(engines?.others ?? [])];
}

function findEngine(id: string, settings: EngineSettings): EngineRoute | undefined {
  return routesOf(settings).find((route) => route.id === id);
}

/** From the most exact to the platform alone: a place is written with `/` or `:` between its parts. */
function placesAround(platform: string, place: string): readonly string[] {
  const ends = [...place.matchAll(/[/:]/g)].map(({ index }) => index);
  const parts = [place.length, ...ends.reverse()].map((end) => place.slice(0, end));
  return [...parts.filter((part) => part !== '').map((part) => `${platform}:${part}`), platform];
}
