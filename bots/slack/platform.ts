import { z } from 'zod';
import type { ResultContent } from '../../core/content.ts';
import { AppError } from '../../core/errors.ts';
import type { Blobs, ChatPlatform, PostAttempt, PostTarget } from '../../core/ports.ts';
import { cardPost, noticePost, type Post, resultActionsPost } from './blocks.ts';
import { findByNonce } from './find-post.ts';
import { decodePlace, encodePlace, timestampOf } from './place.ts';
import { findShare, type ShareDeps, shareFile } from './share-file.ts';

export interface SlackPlatformDeps extends ShareDeps {
  readonly blobs: Blobs;
}

const postedSchema = z.object({ ts: z.string() });
const openedSchema = z.object({ channel: z.object({ id: z.string() }) });

/** Shows that a message was seen. */
const SEEN = 'eyes';

/** Slack as a chat platform: a post's id is its `ts`. A result is two posts, the picture and the buttons under it. */
export function createSlackPlatform(deps: SlackPlatformDeps): ChatPlatform {
  const { api, blobs } = deps;

  async function post({ place }: PostTarget, { text, blocks }: Post): Promise<string> {
    const { channel, thread } = decodePlace(place);
    const where = { channel, ...(thread === undefined ? {} : { thread_ts: thread }) };
    const answer = await api.once((client) =>
      client.chat.postMessage({ ...where, text, blocks, unfurl_links: false, unfurl_media: false }),
    );
    return postedSchema.parse(answer).ts;
  }

  function find({ place, replyTo }: PostTarget, { nonce, signal }: PostAttempt): Promise<string | undefined> {
    return findByNonce(api, decodePlace(place), { after: timestampOf(replyTo), nonce, signal });
  }

  async function bytesOf({ image }: ResultContent): Promise<Uint8Array> {
    const stored = await blobs.get(image.blob);
    if (stored === undefined) throw new AppError('IMAGE_GONE', { number: image.number });
    return stored.bytes;
  }

  return {
    name: 'slack',
    async acknowledge({ place, replyTo }) {
      try {
        const { channel } = decodePlace(place);
        await api.once((client) => client.reactions.add({ channel, timestamp: timestampOf(replyTo), name: SEEN }));
      } catch {
        // Only a sign beside the card, which comes anyway and whose failures are told.
      }
    },
    postCard: (target, card, { nonce }) => post(target, cardPost(card, nonce)),
    async updateCard({ place }, ts, card) {
      const { channel } = decodePlace(place);
      const { text, blocks } = cardPost(card);
      await api.once((client) => client.chat.update({ channel, ts, text, blocks }));
    },
    async postResult(target, result, attempt) {
      const place = decodePlace(target.place);
      const ts = await shareFile(deps, place, { result, bytes: await bytesOf(result), attempt });
      const mayHaveButtons = attempt.handle !== undefined;
      const buttons = mayHaveButtons ? await find(target, attempt) : undefined;
      if (buttons === undefined) await post(target, resultActionsPost(result, attempt.nonce));
      return ts;
    },
    postNotice: (target, notice, { nonce }) => post(target, noticePost(notice, nonce)),
    async privatePlace({ place }, authorId) {
      const answer = await api.once((client) => client.conversations.open({ users: authorId }));
      const { team } = decodePlace(place);
      return encodePlace({ team, channel: openedSchema.parse(answer).channel.id });
    },
    async findPost(target, attempt) {
      const marked = await find(target, attempt);
      if (attempt.handle === undefined || marked === undefined) return marked;
      // The buttons come after the picture: where they are, it is.
      return await findShare(deps, decodePlace(target.place), attempt.handle, attempt.signal);
    },
  };
}
