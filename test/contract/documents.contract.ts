import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Conversation, conversationSchema } from '../../core/domain.ts';
import { newConversationId, newTurnId } from '../../core/ids.ts';
import type { Documents } from '../../core/ports.ts';
import { aConversation, anImage, anInterpretation, aTurn } from '../support/builders/conversation.ts';

export interface DocumentsHarness {
  readonly documents: Documents;
  /** The same store as another process would open it; absent where nothing outlives this one, with `isDurable` false. */
  reopen?(): Promise<Documents>;
  close(): Promise<void>;
}

/** What every implementation of Documents does. */
export function describeDocuments(
  name: string,
  open: () => Promise<DocumentsHarness>,
  { isDurable }: { readonly isDurable: boolean },
): void {
  describe(`Documents: ${name}`, () => {
    let harness: DocumentsHarness;
    let documents: Documents;
    beforeEach(async () => {
      harness = await open();
      documents = harness.documents;
    });
    afterEach(() => harness.close());

    it('returns nothing for a conversation that was never written', async () => {
      expect(await documents.get(newConversationId())).toBeUndefined();
    });

    it('returns what was written, with every field', async () => {
      const document = aRichDocument();
      expect(await documents.compareAndSet(document)).toBe(true);
      expect(await documents.get(document.id)).toEqual(document);
    });

    it('keeps conversations apart', async () => {
      const [one, two] = [aConversation({ place: 'one' }), aConversation({ place: 'two' })];
      await documents.compareAndSet(one);
      await documents.compareAndSet(two);
      expect((await documents.get(one.id))?.place).toBe('one');
      expect((await documents.get(two.id))?.place).toBe('two');
    });

    it('writes revision n only over revision n - 1', async () => {
      const document = aConversation();
      expect(await documents.compareAndSet({ ...document, revision: 2 })).toBe(false);
      expect(await documents.get(document.id)).toBeUndefined();
      expect(await documents.compareAndSet(document)).toBe(true);
      expect(await documents.compareAndSet({ ...document, place: 'again' })).toBe(false);
      expect(await documents.compareAndSet({ ...document, revision: 3 })).toBe(false);
      expect(await documents.compareAndSet({ ...document, revision: 2, place: 'next' })).toBe(true);
      expect((await documents.get(document.id))?.place).toBe('next');
    });

    it('loses no increment of eight writers at once', async () => {
      const document = aConversation();
      await documents.compareAndSet(document);
      const increments = 10;
      async function writer(): Promise<void> {
        for (let done = 0; done < increments; ) {
          const before = await documents.get(document.id);
          if (before === undefined) throw new Error('the document is gone');
          const next = { ...before, revision: before.revision + 1, updatedAt: before.updatedAt + 1 };
          if (await documents.compareAndSet(next)) done += 1;
        }
      }
      await Promise.all(Array.from({ length: 8 }, writer));
      const after = await documents.get(document.id);
      expect(after?.updatedAt).toBe(document.updatedAt + 8 * increments);
      expect(after?.revision).toBe(1 + 8 * increments);
    });

    it('lets one of twenty first writers win', async () => {
      const document = aConversation();
      const won = await Promise.all(
        Array.from({ length: 20 }, (_, index) => documents.compareAndSet({ ...document, place: String(index) })),
      );
      expect(won.filter(Boolean)).toHaveLength(1);
      expect((await documents.get(document.id))?.place).toBe(String(won.indexOf(true)));
    });

    it('lists exactly the conversations with an unfinished turn, as they change', async () => {
      const open = aConversation({ turns: [aTurn({ status: 'done' }), aTurn({ status: 'queued' })] });
      const asking = aConversation({ turns: [aTurn({ status: 'asked' })] });
      const ended = aConversation({ turns: [aTurn({ status: 'failed' })] });
      for (const document of [open, asking, ended, aConversation()]) await documents.compareAndSet(document);
      expect(await documents.listUnfinished()).toEqual([open.id]);

      await documents.compareAndSet({ ...open, revision: 2, turns: [] });
      await documents.compareAndSet({ ...ended, revision: 2, turns: [aTurn({ status: 'interpreting' })] });
      expect(await documents.listUnfinished()).toEqual([ended.id]);
    });

    it('lets the first link of an alias win', async () => {
      const [first, second] = [newConversationId(), newConversationId()];
      expect(await documents.resolve('turn:1')).toBeUndefined();
      expect(await documents.link('turn:1', first)).toBe(first);
      expect(await documents.link('turn:1', second)).toBe(first);
      expect(await documents.resolve('turn:1')).toBe(first);
      expect(await documents.resolve('turn:2')).toBeUndefined();
    });

    it('gives twenty racing links of one alias the same winner', async () => {
      const winners = await Promise.all(
        Array.from({ length: 20 }, () => documents.link('place:x', newConversationId())),
      );
      expect(new Set(winners).size).toBe(1);
      expect(await documents.resolve('place:x')).toBe(winners[0]);
    });

    it.each(['place:slack:T1/C2:170.5', '../../etc/passwd', 'ключ 鍵 🎨', 'x'.repeat(500)])(
      'takes any text as alias: %s',
      async (alias) => {
        const id = newConversationId();
        await documents.link(alias, id);
        expect(await documents.resolve(alias)).toBe(id);
      },
    );

    if (!isDurable) return;
    it('still has everything when another process opens it', async () => {
      if (harness.reopen === undefined) throw new Error('a durable harness reopens');
      const document = aRichDocument();
      await documents.compareAndSet(document);
      await documents.link('turn:1', document.id);
      const reopened = await harness.reopen();
      expect(await reopened.get(document.id)).toEqual(document);
      expect(await reopened.resolve('turn:1')).toBe(document.id);
      expect(await reopened.listUnfinished()).toEqual([document.id]);
    });
  });
}

function aRichDocument(): Conversation {
  const turnId = newTurnId();
  return conversationSchema.parse(
    aConversation({
      images: [
        anImage(1, { turnId, name: 'naïve 絵.png', origin: 'attachment' }),
        {
          number: 2,
          turnId,
          status: 'failed',
          kind: 'input',
          origin: 'link',
          altText: '',
          reason: { code: 'IMAGE_UNREADABLE', values: { number: 2, format: 'PDF' } },
        },
      ],
      turns: [
        aTurn({
          id: turnId,
          status: 'rendering',
          attached: [1, 2],
          interpretation: anInterpretation({ aspect: '3:2' }),
        }),
      ],
    }),
  );
}
