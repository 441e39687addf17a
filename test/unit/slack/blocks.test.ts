import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cardPost, markOfPost, noticePost, resultActionsPost } from '../../../bots/slack/blocks.ts';
import type { Action } from '../../../core/content.ts';
import { newTurnId } from '../../../core/ids.ts';
import { aBlobKey } from '../../support/builders/conversation.ts';
import { checkBlocks } from '../../support/slack/check-blocks.ts';

const turnId = newTurnId();
const NONCE = 'a'.repeat(24);
const action = (kind: Action['kind'], argument?: string): Action => ({
  kind,
  turnId,
  label: kind,
  ...(argument === undefined ? {} : { argument }),
});

describe('posts', () => {
  it('are always what Slack accepts, however long or odd the words are', () => {
    const words = fc.string({ unit: 'grapheme', maxLength: 5000 });
    const bases = Array.from({ length: 10 }, (_, index) => action('base', String(index + 1)));
    fc.assert(
      fc.property(fc.array(words, { maxLength: 4 }), words, (lines, text) => {
        const card = cardPost(
          { turnId, lines, actions: [action('cancel'), action('swap'), action('mode', 'edit')], ended: false },
          NONCE,
        );
        const notice = noticePost({ turnId, text, actions: bases }, NONCE);
        for (const { blocks, text: shown } of [card, notice]) {
          expect(checkBlocks(JSON.stringify(blocks))).toBeDefined();
          expect(shown.length).toBeGreaterThan(0);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('carry the mark by which they are found, on the first block only', () => {
    const { blocks } = cardPost({ turnId, lines: ['one', 'two'], actions: [action('cancel')], ended: false }, NONCE);
    expect(blocks.map((block) => block.block_id)).toEqual([markOfPost(NONCE), undefined, undefined]);
  });

  it('call nobody in their text', () => {
    expect(noticePost({ turnId, text: 'paint <!channel> & <@U1>', actions: [] }, NONCE).text).toBe(
      'paint &lt;!channel&gt; &amp; &lt;@U1&gt;',
    );
  });

  it('name the result that Details is about', () => {
    const image = { number: 4, blob: aBlobKey('x'), altText: '', fileName: 'image-4.png' };
    const { blocks } = resultActionsPost(
      { turnId, text: 'image 4', image, actions: [action('retry'), action('details')] },
      NONCE,
    );
    expect(JSON.stringify(blocks)).toContain(`v1:details:${turnId}:4`);
    expect(JSON.stringify(blocks)).toContain(`v1:retry:${turnId}"`);
  });
});
