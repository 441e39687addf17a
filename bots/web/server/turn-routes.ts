import { type Context, Hono } from 'hono';
import { z } from 'zod';
import { correctionSchema, type Turn } from '../../../core/domain.ts';
import { AppError } from '../../../core/errors.ts';
import { type TurnId, turnIdSchema } from '../../../core/ids.ts';
import { readTurnProgress } from '../../shared/turn-progress.ts';
import type { WebDeps, WebEnv } from './deps.ts';
import { viewTurn } from './views.ts';

/** The page's id of a button press, so that a press sent twice over a bad line does one thing. */
const buttonSchema = z.object({ eventId: z.string().min(1).max(200).optional() });
const correctSchema = z.object({ ...buttonSchema.shape, ...z.object(correctionSchema.unwrap().shape).shape });
const MAX_BODY_BYTES = 16 * 1024;

/** `/api/turns`: the buttons of a turn. Each answers the turn as it is then. */
export function createTurnRoutes({ manager, jobs, texts }: WebDeps): Hono<WebEnv> {
  async function answer(c: Context<WebEnv>, turn: Turn): Promise<Response> {
    return c.json(viewTurn(turn, await readTurnProgress(jobs, turn), texts));
  }

  return new Hono<WebEnv>()
    .post('/:id/cancel', async (c) => answer(c, await manager.cancel(idOf(c))))
    .post('/:id/undo', async (c) => answer(c, await manager.undo(idOf(c))))
    .post('/:id/retry', async (c) => {
      const { eventId } = await readBody(c, buttonSchema);
      return await answer(c, await manager.retry(idOf(c), eventId === undefined ? {} : { eventId }));
    })
    .post('/:id/correct', async (c) => {
      const { eventId, mode, base, references, engine } = await readBody(c, correctSchema);
      const correction = {
        ...(mode === undefined ? {} : { mode }),
        ...(base === undefined ? {} : { base }),
        ...(references === undefined ? {} : { references }),
        ...(engine === undefined ? {} : { engine }),
      };
      return await answer(c, await manager.correct(idOf(c), correction, eventId === undefined ? {} : { eventId }));
    });
}

/** An empty body is an empty object. @throws AppError REQUEST_INVALID */
async function readBody<S extends z.ZodType>(c: Context<WebEnv>, schema: S): Promise<z.infer<S>> {
  if (Number(c.req.header('content-length') ?? 0) > MAX_BODY_BYTES) throw new AppError('REQUEST_INVALID', {});
  const text = await c.req.text();
  const parsed = schema.safeParse(text === '' ? {} : parseJson(text));
  if (!parsed.success) throw new AppError('REQUEST_INVALID', {}, { details: { issues: parsed.error.issues.length } });
  return parsed.data;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AppError('REQUEST_INVALID', {}, { cause });
  }
}

function idOf(c: Context<WebEnv>): TurnId {
  const id = turnIdSchema.safeParse(c.req.param('id'));
  if (!id.success) throw new AppError('TURN_UNKNOWN', {});
  return id.data;
}
