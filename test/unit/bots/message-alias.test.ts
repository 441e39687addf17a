import { describe, expect, it } from 'vitest';
import { imagesShownBy, messageAlias, withLinks } from '../../../bots/shared/message-alias.ts';
import { deliverJobId, newConversationId, newTurnId } from '../../../core/ids.ts';
import { aConversation, anImage, aTurn } from '../../support/builders/conversation.ts';
import { createMemoryPlatform } from '../../support/fakes/chat-platform.ts';
import { createMemoryDocuments } from '../../support/fakes/documents.ts';

describe('imagesShownBy', () => {
  const id = newTurnId();
  const delivery = {
    id: deliverJobId(id, 1),
    n: 1,
    kind: 'result',
    status: 'posted',
    nonce: 'x',
    attempts: 1,
  } as const;
  const turn = aTurn({
    id,
    messageId: 'm1',
    attached: [1, 2],
    deliveries: [{ ...delivery, resultNumber: 3, postedId: 'p1' }],
  });
  const { blob: _none, widthPx: _w, heightPx: _h, ...image } = anImage(2);
  const broken = {
    ...image,
    status: 'failed',
    kind: 'input',
    origin: 'attachment',
    reason: { code: 'BUG', values: {} },
  } as const;
  const document = aConversation({ turns: [turn], images: [anImage(1), broken, anImage(3, { kind: 'result' })] });

  it('is the result of a post, the usable images of a person’s message, and nothing of others', () => {
    expect(imagesShownBy(document, 'p1')).toEqual([3]);
    expect(imagesShownBy(document, 'm1')).toEqual([1]);
    expect(imagesShownBy(document, 'somebody’s')).toEqual([]);
  });
});

describe('withLinks', () => {
  it('leads from every post to its conversation, found ones too', async () => {
    const documents = createMemoryDocuments();
    const memory = createMemoryPlatform();
    const platform = withLinks(memory, documents);
    const conversationId = newConversationId();
    const target = { conversationId, place: '', replyTo: 'm' };
    const attempt = { nonce: 'n', keepHandle: () => Promise.resolve(), signal: new AbortController().signal };
    const notice = { turnId: newTurnId(), text: '', actions: [] };
    const posted = await platform.postNotice(target, notice, attempt);
    expect(await documents.resolve(messageAlias('memory', posted))).toBe(conversationId);
    expect(await withLinks(memory, createMemoryDocuments()).findPost(target, attempt)).toBe(posted);
    expect(await platform.findPost(target, { ...attempt, nonce: 'other' })).toBeUndefined();
  });
});
