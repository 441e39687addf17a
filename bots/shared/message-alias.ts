import type { Conversation } from '../../core/domain.ts';
import type { ChatPlatform, Documents, PostTarget } from '../../core/ports.ts';

/** Under what a platform's message leads to its conversation: a person's message, or a post of ours. */
export function messageAlias(platform: string, messageId: string): string {
  return `message:${platform}:${messageId}`;
}

/** Numbers of the images that a message of this conversation shows: a result of ours, or what a person sent. */
export function imagesShownBy({ turns, images }: Conversation, messageId: string): readonly number[] {
  const results = turns.flatMap(({ deliveries }) =>
    deliveries.flatMap(({ postedId, resultNumber }) =>
      postedId === messageId && resultNumber !== undefined ? [resultNumber] : [],
    ),
  );
  const sent = turns.find((turn) => turn.messageId === messageId)?.attached ?? [];
  const isReady = (number: number) => images.some((image) => image.number === number && image.status === 'ready');
  return [...results, ...sent].filter(isReady);
}

/** The same platform, where every post also leads to its conversation: people answer posts, and press their buttons. */
export function withLinks(platform: ChatPlatform, documents: Documents): ChatPlatform {
  async function linked(target: PostTarget, posting: Promise<string>): Promise<string> {
    const postedId = await posting;
    await documents.link(messageAlias(platform.name, postedId), target.conversationId);
    return postedId;
  }
  return {
    ...platform,
    postCard: (target, card, attempt) => linked(target, platform.postCard(target, card, attempt)),
    postResult: (target, result, attempt) => linked(target, platform.postResult(target, result, attempt)),
    postNotice: (target, notice, attempt) => linked(target, platform.postNotice(target, notice, attempt)),
    async findPost(target, attempt) {
      const found = await platform.findPost(target, attempt);
      return found === undefined ? undefined : await linked(target, Promise.resolve(found));
    },
  };
}
