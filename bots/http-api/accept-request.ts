import { createHash, randomUUID } from 'node:crypto';
import type { ApiKey } from '../../core/api-keys.ts';
import type { InboundImage, Turn } from '../../core/domain.ts';
import type { ConversationId } from '../../core/ids.ts';
import { ApiError } from './api-error.ts';
import { API_PLATFORM } from './api-platform.ts';
import type { HttpApiDeps } from './deps.ts';
import type { PictureRequest } from './parameters.ts';
import { authorOf, type Quota } from './quota.ts';

export interface Asked {
  readonly key: ApiKey;
  readonly request: PictureRequest;
  readonly images: readonly InboundImage[];
  /** The caller's own name for this request: the same one again is answered with the same pictures. */
  readonly idempotencyKey: string | undefined;
}

export interface AcceptedRequest {
  readonly conversationId: ConversationId;
  readonly turn: Turn;
}

/**
 * Make a request the turn of a conversation of its own. From then on it outlives this process.
 * @throws ApiError 409 for an idempotency key that named another request, 429; AppError as the manager's `receive`.
 */
export async function acceptRequest(
  { manager, metrics, logger }: Pick<HttpApiDeps, 'manager' | 'metrics' | 'logger'>,
  quota: Quota,
  { key, request, images, idempotencyKey }: Asked,
): Promise<AcceptedRequest> {
  const name = idempotencyKey === undefined ? randomUUID() : hash(idempotencyKey);
  const { text, mode, wishes, engine } = request;
  // The key is a place like a channel: it may have an engine and a budget of its own.
  const open = () => manager.open({ platform: API_PLATFORM, place: `${key.id}:${name}`, cards: false });

  async function known(): Promise<AcceptedRequest | undefined> {
    if (idempotencyKey === undefined) return undefined;
    const { id, turns } = await open();
    const [turn] = turns;
    if (turn === undefined) return undefined;
    const isSame = turn.text === text.trim() && turn.chosenMode === mode && turn.attached.length === images.length;
    if (!isSame) throw nameIsTaken();
    return { conversationId: id, turn };
  }

  async function accept(): Promise<AcceptedRequest> {
    const { id } = await open();
    const about = { messageId: name, authorId: authorOf(key), text, mode, wishes, images };
    const { turn } = await manager.receive(id, engine === undefined ? about : { ...about, engine });
    metrics.count('easel_api_accepted_total', { mode });
    logger.info({ event: 'api-request', key: key.id, mode, pictures: wishes.count }, 'a program asked for pictures');
    return { conversationId: id, turn };
  }

  return await quota.admit(key, { pictures: wishes.count, known, accept });
}

function nameIsTaken(): ApiError {
  return new ApiError({
    status: 409,
    type: 'invalid_request_error',
    code: 'idempotency_key_reused',
    param: null,
    message: 'This Idempotency-Key named another request. Use a new one for each request.',
  });
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
