import { z } from 'zod';
import { markOfPost } from './blocks.ts';
import type { Place } from './place.ts';
import type { WebApi } from './web-api.ts';

const PAGE = 200;
const MAX_PAGES = 5;

const pageSchema = z.object({
  messages: z
    .array(z.object({ ts: z.string(), blocks: z.array(z.object({ block_id: z.string().optional() })).optional() }))
    .default([]),
  response_metadata: z.object({ next_cursor: z.string().optional() }).optional(),
});

/**
 * The post that carries this nonce, among those after the message that it answers.
 * @returns its `ts`. @throws AppError as `patiently`
 */
export async function findByNonce(
  api: WebApi,
  { channel, thread }: Place,
  { after, nonce, signal }: { readonly after: string; readonly nonce: string; readonly signal: AbortSignal },
): Promise<string | undefined> {
  const mark = markOfPost(nonce);
  let cursor = '';
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const range = { channel, oldest: after, inclusive: true, limit: PAGE, ...(cursor === '' ? {} : { cursor }) };
    const answer = await api.patiently(
      (client) =>
        thread === undefined
          ? client.conversations.history(range)
          : client.conversations.replies({ ...range, ts: thread }),
      { signal },
    );
    const { messages, response_metadata: more } = pageSchema.parse(answer);
    const found = messages.find(({ blocks = [] }) => blocks.some((block) => block.block_id === mark));
    if (found !== undefined) return found.ts;
    cursor = more?.next_cursor ?? '';
    if (cursor === '') return undefined;
  }
  return undefined;
}
