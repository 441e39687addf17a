import {
  type APIActionRowComponent,
  type APIComponentInMessageActionRow,
  ButtonStyle,
  ComponentType,
  escapeMarkdown,
  MessageFlags,
  type RESTPostAPIChannelMessageJSONBody,
} from 'discord.js';
import type { Action, CardContent } from '../../core/content.ts';
import { encodeAction } from '../shared/action-id.ts';

/** What a message of ours says: everything of a post but where it goes and what is attached. */
export interface PostBody extends Pick<RESTPostAPIChannelMessageJSONBody, 'components' | 'flags'> {
  readonly content: string;
}

const CONTENT_CHARACTERS = 2000;
const LABEL_CHARACTERS = 80;
const BUTTONS_PER_ROW = 5;
const MAX_ROWS = 5;

/** An emoji beside the words, never in place of them. */
const EMOJI: Readonly<Record<Action['kind'], string>> = {
  retry: '🔁',
  cancel: '✖️',
  undo: '↩️',
  swap: '🔀',
  mode: '🎨',
  base: '🖼️',
  details: 'ℹ️',
};

/** @param mark the post's nonce, by which it is found again; needed until its id is known. */
export function composeCard({ lines, actions, ended, notes = [] }: CardContent, mark = ''): PostBody {
  const [first = '', ...others] = lines.map(asTyped);
  const last = others.at(-1);
  // After its end a card is one small line: the result says the rest, but not which image was unreadable.
  const content = ended
    ? `-# ${[first, ...notes.map(asTyped), ...(last === undefined ? [] : [last])].join(' · ')}`
    : lines.map(asTyped).join('\n');
  return compose(content, actions, mark);
}

export function composeText(text: string, actions: readonly Action[] = [], mark = ''): PostBody {
  return compose(asTyped(text), actions, mark);
}

function compose(content: string, actions: readonly Action[], mark: string): PostBody {
  const isLong = content.length > CONTENT_CHARACTERS;
  return {
    content: isLong ? `${content.slice(0, CONTENT_CHARACTERS - 1)}…` : content,
    components: rowsOf(actions, mark),
    // What people wrote may hold links; their previews are none of our pictures.
    flags: MessageFlags.SuppressEmbeds,
  };
}

function rowsOf(actions: readonly Action[], mark: string): APIActionRowComponent<APIComponentInMessageActionRow>[] {
  const buttons = actions.slice(0, MAX_ROWS * BUTTONS_PER_ROW).map((action) => ({
    type: ComponentType.Button as const,
    style: ButtonStyle.Secondary as const,
    label: action.label.slice(0, LABEL_CHARACTERS),
    emoji: { name: EMOJI[action.kind] },
    custom_id: encodeAction(action, mark),
  }));
  const rows = Math.ceil(buttons.length / BUTTONS_PER_ROW);
  return Array.from({ length: rows }, (_, row) => ({
    type: ComponentType.ActionRow,
    components: buttons.slice(row * BUTTONS_PER_ROW, (row + 1) * BUTTONS_PER_ROW),
  }));
}

/** People's words are shown as they were typed. */
function asTyped(text: string): string {
  return escapeMarkdown(text, { heading: true, bulletedList: true, numberedList: true, maskedLink: true });
}
