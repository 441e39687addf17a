import { type Context, Hono } from 'hono';
import { blobKeySchema } from '../../core/ids.ts';
import { ApiError, notFound } from './api-error.ts';
import { awaitTurn } from './await-turn.ts';
import type { ApiEnv, HttpApiDeps } from './deps.ts';
import { originOf } from './origin.ts';
import type { PictureRequest } from './parameters.ts';
import type { Quota } from './quota.ts';
import { serverStops, takeRequest } from './take-request.ts';
import { isCompleted, type PicturesView, problemOfTurn, viewPictures } from './views.ts';

export interface RouteOptions {
  readonly quota: Quota;
  /** Aborted when the server stops. */
  readonly stopping: AbortSignal;
}

const IMAGE_TYPES: ReadonlySet<string> = new Set(['image/png', 'image/jpeg', 'image/webp', 'image/gif']);
const IMMUTABLE = 'private, max-age=31536000, immutable';

/** `/v1/images`: the two requests that wait for their pictures. */
export function createImageRoutes(deps: HttpApiDeps, { quota, stopping }: RouteOptions): Hono<ApiEnv> {
  async function answer(c: Context<ApiEnv>, endpoint: 'generations' | 'edits'): Promise<Response> {
    const gone = c.req.raw.signal;
    const signal = AbortSignal.any([gone, stopping]);
    const taken = await takeRequest(c, deps, { quota, endpoint, signal });
    const { accepted, request, isNamed } = taken;
    const ended = await awaitTurn(deps, accepted, signal);
    if (ended === undefined) {
      // Nobody could ask for these pictures any more.
      if (!stopping.aborted && !isNamed) await deps.manager.cancel(accepted.turn.id);
      throw serverStops(taken);
    }
    await quota.giveBack(c.get('key'), ended.turn);
    if (!isCompleted(ended)) throw new ApiError(problemOfTurn(ended.turn, deps.texts));
    const form = { format: request.responseFormat ?? 'b64_json', origin: originOf(c), blobs: deps.blobs } as const;
    return c.json(withWarnings(await viewPictures(ended, form), request));
  }

  return new Hono<ApiEnv>()
    .post('/generations', (c) => answer(c, 'generations'))
    .post('/edits', (c) => answer(c, 'edits'))
    .all('/variations', () => {
      throw notFound('There are no variations here. Send the image to /v1/images/edits and say what should differ.');
    });
}

/** `GET /v1/images/KEY`: what an answer with `response_format: "url"` links to. Its key, which cannot be guessed, is enough. */
export function createPictureRoutes({ blobs }: Pick<HttpApiDeps, 'blobs'>): Hono<ApiEnv> {
  return new Hono<ApiEnv>().get('/:key', async (c) => {
    const key = blobKeySchema.safeParse(c.req.param('key'));
    const blob = key.success ? await blobs.get(key.data) : undefined;
    if (blob === undefined || !IMAGE_TYPES.has(blob.contentType)) throw notFound('There is no such picture.');
    const headers = { 'Content-Type': blob.contentType, 'Cache-Control': IMMUTABLE };
    return c.body(new Uint8Array(blob.bytes), 200, headers);
  });
}

function withWarnings(pictures: PicturesView, { size, warnings }: PictureRequest): PicturesView {
  const isAsAsked = size === undefined || size === pictures.size;
  const note = `size: ${size} was asked for; the shape is taken from it, the model decides the pixels.`;
  return { ...pictures, warnings: [...(isAsAsked ? [] : [note]), ...warnings, ...pictures.warnings] };
}
