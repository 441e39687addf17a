import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cardPost, markOfPost, noticePost, pressedIn, resultActionsPost } from '../../../bots/slack/blocks.ts';
import type { Action, Choice } from '../../../core/content.ts';
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

  it('show menus that Slack takes, and that begin anew after each correction', () => {
    const choice = (kind: Choice['kind'], chosen: readonly string[]): Choice => ({
      kind,
      label: 'l'.repeat(200),
      turnId,
      options: ['1', '2', '3'].map((value) => ({
        value,
        label: 'x'.repeat(200),
        description: 'y'.repeat(200),
        isChosen: chosen.includes(value),
      })),
      atLeast: kind === 'references' ? 0 : 1,
      atMost: kind === 'references' ? 2 : 1,
    });
    const postWith = (base: string, references: readonly string[]) => {
      const choices = [choice('base', [base]), choice('references', references), choice('engine', ['1'])];
      const { blocks } = cardPost({
        turnId,
        lines: ['one', 'two'],
        actions: [action('cancel')],
        choices,
        ended: false,
      });
      return checkBlocks(JSON.stringify(blocks)) ?? expect.fail('Slack refuses the blocks');
    };
    const [before, after] = [postWith('1', ['2', '3']), postWith('2', [])];
    expect(before.map(({ block_id: id }) => id)).toEqual([
      undefined,
      undefined,
      'easel-base-1',
      'easel-references-2-3',
      'easel-engine-1',
      undefined,
    ]);
    expect(after.map(({ block_id: id }) => id).slice(2, 4)).toEqual(['easel-base-2', 'easel-references']);
  });

  it('say what was chosen in a menu, and what a button is', () => {
    const act = (fields: object) =>
      pressedIn({ action_id: `easel-v1:references:${turnId}`, action_ts: '1.0', ...fields });
    expect(act({ selected_options: [{ value: '2' }, { value: '3' }] })).toEqual({
      kind: 'references',
      turnId,
      values: ['2', '3'],
    });
    expect(act({ selected_options: [] })).toMatchObject({ values: [] });
    expect(act({ action_id: `easel-v1:base:${turnId}`, selected_option: { value: '2' } })).toMatchObject({
      kind: 'base',
      values: ['2'],
    });
    expect(act({ action_id: 'easel-retry', value: `v1:retry:${turnId}` })).toEqual({ kind: 'retry', turnId });
    expect(act({ action_id: 'easel-odd', selected_option: { value: '2' } })).toBeUndefined();
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
