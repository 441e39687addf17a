import { describe, expect, it } from 'vitest';
import { createWebPlatform } from '../../../bots/web/server/web-platform.ts';
import { conversationTopic } from '../../../core/events.ts';
import { newConversationId, newTurnId } from '../../../core/ids.ts';
import type { PostAttempt } from '../../../core/ports.ts';
import { aBlobKey } from '../../support/builders/conversation.ts';
import { createManualClock } from '../../support/fakes/clock.ts';
import { createMemoryEphemeral } from '../../support/fakes/ephemeral.ts';

const target = { conversationId: newConversationId(), place: '', replyTo: 'm' };
const content = {
  turnId: newTurnId(),
  text: 'image 3',
  image: { number: 3, blob: aBlobKey('3'), altText: '', fileName: 'image-3.png' },
  actions: [],
};

function anAttempt(nonce: string): PostAttempt {
  return { nonce, keepHandle: () => Promise.resolve(), signal: new AbortController().signal };
}

describe('posting on the web', () => {
  it('tells the open pages of the conversation, once for each nonce', async () => {
    const ephemeral = createMemoryEphemeral(createManualClock());
    const platform = createWebPlatform({ ephemeral });
    const first = await platform.postResult(target, content, anAttempt('a'));
    expect(await platform.postResult(target, content, anAttempt('a'))).toBe(first);
    expect(ephemeral.published).toEqual([
      { topic: conversationTopic(target.conversationId), message: JSON.stringify({ kind: 'image', number: 3 }) },
    ]);
    await platform.postResult(target, content, anAttempt('b'));
    expect(ephemeral.published).toHaveLength(2);
  });

  it('is found afterwards by its nonce, from another process too, and not before', async () => {
    const ephemeral = createMemoryEphemeral(createManualClock());
    const attempt = anAttempt('a');
    expect(await createWebPlatform({ ephemeral }).findPost(target, attempt)).toBeUndefined();
    const posted = await createWebPlatform({ ephemeral }).postNotice(target, { ...content }, attempt);
    expect(await createWebPlatform({ ephemeral }).findPost(target, attempt)).toBe(posted);
  });
});
