import type { ConversationEvent } from '../../../core/events.ts';
import { conversationTopic } from '../../../core/events.ts';
import type { ChatPlatform, Ephemeral, PostAttempt, PostTarget } from '../../../core/ports.ts';

/** The platform's name; its conversations have no place of their own. */
export const WEB = 'web';

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * The web as a chat platform. The page draws cards, pictures and answers from the conversation document, so posting means
 * telling every open page, whichever process serves it, to look again. The post's id is its nonce: a retry finds it.
 */
export function createWebPlatform({ ephemeral }: { readonly ephemeral: Ephemeral }): ChatPlatform {
  async function announce({ conversationId }: PostTarget, event: ConversationEvent): Promise<void> {
    await ephemeral.publish(conversationTopic(conversationId), JSON.stringify(event));
  }

  async function postOnce(target: PostTarget, event: ConversationEvent, { nonce }: PostAttempt): Promise<string> {
    if ((await ephemeral.count(postKey(nonce), 1, DAY_MS)) === 1) await announce(target, event);
    return nonce;
  }

  return {
    name: WEB,
    // The answer to the HTTP request is the acknowledgement.
    acknowledge: () => Promise.resolve(),
    postCard: (target, { turnId }, attempt) => postOnce(target, { kind: 'turn', turnId }, attempt),
    updateCard: (target, _postedId, { turnId }) => announce(target, { kind: 'turn', turnId }),
    postResult: (target, { image }, attempt) => postOnce(target, { kind: 'image', number: image.number }, attempt),
    postNotice: (target, { turnId }, attempt) => postOnce(target, { kind: 'turn', turnId }, attempt),
    async findPost(_target, { nonce }) {
      return (await ephemeral.count(postKey(nonce), 0, DAY_MS)) > 0 ? nonce : undefined;
    },
  };
}

function postKey(nonce: string): string {
  return `web-post:${nonce}`;
}
