import type { types } from '@slack/bolt';
import type { Action, CardContent, Choice, ChoiceOption, NoticeContent, ResultContent } from '../../core/content.ts';
import { decodeAction, encodeAction, type PressedAction } from '../shared/action-id.ts';
import type { PressBody } from './events.ts';
import { escapeText } from './text.ts';

/** A message as Slack takes it: blocks to be seen, text for notifications and screen readers. */
export interface Post {
  readonly text: string;
  readonly blocks: types.KnownBlock[];
}

/** All buttons and menus of Easel. The rest of a button's id only keeps the ids of one message apart; a menu's says what it is. */
export const ACTION_ID = /^easel-/;
const MENU = 'easel-';
const TEXT_CHARACTERS = 3000;
const LABEL_CHARACTERS = 75;
const BLOCK_ID_CHARACTERS = 255;

/** Reading above, where it is below it, then what can be done. */
export function cardPost({ lines, actions, choices = [] }: CardContent, nonce?: string): Post {
  const reading = lines.slice(0, -1).join('\n');
  const status = lines.at(-1) ?? '';
  const blocks: types.KnownBlock[] = [
    ...(reading === '' ? [] : [section(reading)]),
    { type: 'context', elements: [plainText(status)] },
    ...choices.map(menu),
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

/** What a press of a button, or a choice in a menu, asks for. @returns undefined for one that this version does not know. */
export function pressedIn(action: PressBody['actions'][number]): PressedAction | undefined {
  const { action_id: id, value, selected_option: option, selected_options: options } = action;
  if (value !== undefined) return decodeAction(value);
  const pressed = decodeAction(id.slice(MENU.length));
  const values = options ?? (option == null ? [] : [option]);
  return pressed && { ...pressed, values: values.map((chosen) => chosen.value) };
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
        text: shortText(action.label),
        value: encodeAction(action),
      })),
    },
  ];
}

/**
 * Slack keeps what a person chose in a menu by the ids of block and menu, whatever an edit says. So the block's id names what is
 * chosen: after a correction it is another block, which shows the reading.
 */
function menu({ kind, turnId, label, options, atMost }: Choice): types.KnownBlock {
  const chosen = options.filter(({ isChosen }) => isChosen);
  const shared = {
    action_id: `${MENU}${encodeAction({ kind, turnId })}`,
    placeholder: shortText(label),
    options: options.map(optionOf),
  };
  const block_id = ['easel', kind, ...chosen.map(({ value }) => value)].join('-').slice(0, BLOCK_ID_CHARACTERS);
  if (kind === 'references') {
    const initial = chosen.length === 0 ? {} : { initial_options: chosen.map(optionOf) };
    const accessory = { type: 'multi_static_select' as const, ...shared, ...initial, max_selected_items: atMost };
    // Menus for several stand beside a text only.
    return { type: 'section', block_id, text: plainText(label), accessory };
  }
  const [first] = chosen;
  const initial = first === undefined ? {} : { initial_option: optionOf(first) };
  return { type: 'actions', block_id, elements: [{ type: 'static_select', ...shared, ...initial }] };
}

function optionOf({ value, label, description }: ChoiceOption): types.PlainTextOption {
  return {
    value,
    text: shortText(label),
    ...(description === undefined ? {} : { description: shortText(description) }),
  };
}

/** What stands on a button or in a menu. */
function shortText(text: string): types.PlainTextElement {
  return plainText(clip(text, LABEL_CHARACTERS));
}

/** Never empty and never too long: Slack refuses the whole message otherwise. */
function plainText(text: string): types.PlainTextElement {
  return { type: 'plain_text', text: clip(text), emoji: false };
}

function clip(text: string, characters = TEXT_CHARACTERS): string {
  if (text.trim() === '') return '…';
  return text.length <= characters ? text : `${text.slice(0, characters - 1)}…`;
}
