import { randomUUID } from 'node:crypto';
import { readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { ChatPlatform, PostAttempt } from '../../../core/ports.ts';

const postSchema = z.object({
  id: z.string(),
  nonce: z.string(),
  kind: z.enum(['card', 'result', 'notice']),
  turnId: z.string(),
  /** The picture's number; results only. */
  number: z.int().positive().optional(),
});
export type RoomPost = z.infer<typeof postSchema>;

/** Every post that was ever made, twice where it was made twice: the room dedupes nothing. */
export async function postsIn(folder: string): Promise<readonly RoomPost[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json'));
  return Promise.all(
    names.map(async (name) => postSchema.parse(JSON.parse(await readFile(join(folder, name), 'utf8')))),
  );
}

/** A chat room in a folder: it outlives the process that posts, as a platform's server does. */
export function createChatRoom(folder: string): ChatPlatform {
  async function post(content: Omit<RoomPost, 'id' | 'nonce'>, attempt: PostAttempt): Promise<string> {
    const id = randomUUID();
    await attempt.keepHandle(`handle-${id}`);
    const path = join(folder, `${id}.json`);
    await writeFile(`${path}.tmp`, JSON.stringify({ ...content, id, nonce: attempt.nonce } satisfies RoomPost));
    await rename(`${path}.tmp`, path);
    return id;
  }

  return {
    name: 'room',
    acknowledge: () => Promise.resolve(),
    postCard: (_target, { turnId }, attempt) => post({ kind: 'card', turnId }, attempt),
    updateCard: () => Promise.resolve(),
    postResult: (_target, { turnId, image }, attempt) =>
      post({ kind: 'result', turnId, number: image.number }, attempt),
    postNotice: (_target, { turnId }, attempt) => post({ kind: 'notice', turnId }, attempt),
    findPost: async (_target, { nonce }) => (await postsIn(folder)).find((each) => each.nonce === nonce)?.id,
  };
}
