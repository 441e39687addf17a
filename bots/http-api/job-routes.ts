import { type Context, Hono } from 'hono';
import { AppError } from '../../core/errors.ts';
import { turnIdSchema } from '../../core/ids.ts';
import { findTurn, isEnded } from '../../core/turns.ts';
import { readTurnProgress } from '../shared/turn-progress.ts';
import { invalidParameter } from './api-error.ts';
import type { EndedTurn } from './await-turn.ts';
import type { ApiEnv, HttpApiDeps } from './deps.ts';
import type { RouteOptions } from './image-routes.ts';
import { originOf } from './origin.ts';
import { authorOf } from './quota.ts';
import { takeRequest } from './take-request.ts';
import { viewJob } from './views.ts';

/** `/v1/jobs`: the same requests without waiting. A job is a turn, and what is asked about it is read from its document. */
export function createJobRoutes(deps: HttpApiDeps, { quota, stopping }: RouteOptions): Hono<ApiEnv> {
  const { manager, jobs, texts, blobs } = deps;

  /** @throws AppError TURN_UNKNOWN for a job that there is not, and for another key's. */
  async function jobOf(c: Context<ApiEnv>): Promise<EndedTurn> {
    const id = turnIdSchema.safeParse(c.req.param('id'));
    if (!id.success) throw new AppError('TURN_UNKNOWN', {});
    const document = await manager.get(await manager.conversationOf(id.data));
    const turn = findTurn(document, id.data);
    if (turn?.authorId !== authorOf(c.get('key'))) throw new AppError('TURN_UNKNOWN', {});
    return { document, turn };
  }

  async function view(c: Context<ApiEnv>, job: EndedTurn) {
    await quota.giveBack(c.get('key'), job.turn);
    const progress = isEnded(job.turn) ? {} : await readTurnProgress(jobs, job.turn);
    return await viewJob(job, progress, { format: formatOf(c), origin: originOf(c), blobs }, texts);
  }

  return new Hono<ApiEnv>()
    .post('/', async (c) => {
      const signal = AbortSignal.any([c.req.raw.signal, stopping]);
      const { accepted, request } = await takeRequest(c, deps, { quota, endpoint: 'jobs', signal });
      const document = await manager.get(accepted.conversationId);
      const turn = findTurn(document, accepted.turn.id) ?? accepted.turn;
      c.header('Location', `/v1/jobs/${turn.id}`);
      const sizeNote = request.size === undefined ? [] : [`size: the shape of ${request.size} is used.`];
      return c.json({ ...(await view(c, { document, turn })), warnings: [...sizeNote, ...request.warnings] }, 202);
    })
    .get('/:id', async (c) => c.json(await view(c, await jobOf(c))))
    .post('/:id/cancel', async (c) => {
      const { turn } = await jobOf(c);
      await manager.cancel(turn.id);
      return c.json(await view(c, await jobOf(c)));
    });
}

/** Jobs are asked about again and again, so their pictures are links unless somebody wants the bytes. */
function formatOf(c: Context<ApiEnv>): 'b64_json' | 'url' {
  const format = c.req.query('response_format') ?? 'url';
  if (format === 'b64_json' || format === 'url') return format;
  throw invalidParameter('response_format', 'invalid_value', '`response_format` must be `b64_json` or `url`.');
}
