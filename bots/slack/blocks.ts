import type { types } from '@slack/bolt';
import type { Action, CardContent, NoticeContent, ResultContent } from '../../core/content.ts';
import { encodeAction } from '../shared/action-id.ts';
import { escapeText } from './text.ts';

/** A message as Slack takes it: blocks to be seen, text for notifications and screen readers. */
export interface Post {
  readonly text: string;
  readonly blocks: types.KnownBlock[];
}

/** All buttons of Easel; the rest of the id only keeps the ids of one message apart. */
export const ACTION_ID = /^easel-/;
const TEXT_CHARACTERS = 3000;
const LABEL_CHARACTERS = 75;

/** Reading above, where it is below it, then what can be done. */
export function cardPost({ lines, actions }: CardContent, nonce?: string): Post {
  const reading = lines.slice(0, -1).join('\n');
  const status = lines.at(-1) ?? '';
  const blocks: types.KnownBlock[] = [
    ...(reading === '' ? [] : [section(reading)]),
    { type: 'context', elements: [plainText(status)] },
    ...buttons(actions),
  ];
  return { text: escapeText(clip(lines.join('\n'))), blocks: marked(blocks, nonce) };
}

export function noticePost({ text, actions }: NoticeContent, nonce: string): Post {
  return { text: escapeText(clip(text)), blocks: marked([section(text), ...buttons(actions)], nonce) };
}

/** What can be done with a result, under its picture. The picture's own message brings the words. */
export function resultActionsPost({ text, actions, image }: ResultContent, nonce: string): Post {
  // A turn may have several results: Details is about this one.
  const own = actions.map((each) => (each.kind === 'details' ? { ...each, argument: String(image.number) } : each));
  return { text: escapeText(clip(text)), blocks: marked(buttons(own), nonce) };
}

/** The id by which a post is found again; Slack keeps it with the message. */
export function markOfPost(nonce: string): string {
  return `easel-${nonce}`;
}

function marked(blocks: types.KnownBlock[], nonce: string | undefined): types.KnownBlock[] {
  return blocks.map((block, index) =>
    index === 0 && nonce !== undefined ? { ...block, block_id: markOfPost(nonce) } : block,
  );
}

function section(text: string): types.KnownBlock {
  return { type: 'section', text: plainText(text) };
}

function buttons(actions: readonly Action[]): types.KnownBlock[] {
  if (actions.length === 0) return [];
  return [
    {
      type: 'actions',
      elements: actions.map((action) => ({
        type: 'button' as const,
        action_id: ['easel', action.kind, ...(action.argument === undefined ? [] : [action.argument])].join('-'),
        text: { ...plainText(action.label), text: action.label.slice(0, LABEL_CHARACTERS) },
        value: encodeAction(action),
      })),
    },
  ];
}

/** Never empty and never too long: Slack refuses the whole message otherwise. */
function plainText(text: string): types.PlainTextElement {
  return { type: 'plain_text', text: clip(text), emoji: false };
}

function clip(text: string): string {
  if (text.trim() === '') return '…';
  return text.length <= TEXT_CHARACTERS ? text : `${text.slice(0, TEXT_CHARACTERS - 1)}…`;
}
