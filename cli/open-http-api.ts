import { createHttpApi, type HttpApi } from '../bots/http-api/create-http-api.ts';
import type { HttpApiDeps } from '../bots/http-api/deps.ts';
import type { Config } from '../core/config.ts';
import type { Stop } from '../core/ports.ts';
import { openApiKeys } from '../queue/api-keys/open-api-keys.ts';

export interface OpenedHttpApi extends HttpApi {
  /** Give up what the keys are kept in; after everything else. */
  readonly close: Stop;
}

/** The HTTP API, which refuses everything until there is a key. @throws AppError QUEUE_UNAVAILABLE */
export async function openHttpApi(config: Config, deps: Omit<HttpApiDeps, 'keys'>): Promise<OpenedHttpApi> {
  const { keys, close } = await openApiKeys(config, deps);
  return { ...createHttpApi({ ...deps, keys }), close };
}
