import {
  type APIActionRowComponent,
  type APIComponentInMessageActionRow,
  type APIStringSelectComponent,
  ButtonStyle,
  ComponentType,
  escapeMarkdown,
  MessageFlags,
  type RESTPostAPIChannelMessageJSONBody,
} from 'discord.js';
import type { Action, CardContent, Choice } from '../../core/content.ts';
import { encodeAction } from '../shared/action-id.ts';

/** What a message of ours says: everything of a post but where it goes and what is attached. */
export interface PostBody extends Pick<RESTPostAPIChannelMessageJSONBody, 'components' | 'flags'> {
  readonly content: string;
}

const CONTENT_CHARACTERS = 2000;
const LABEL_CHARACTERS = 80;
const OPTION_CHARACTERS = 100;
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
export function composeCard({ lines, actions, choices = [], ended, notes = [] }: CardContent, mark = ''): PostBody {
  const [first = '', ...others] = lines.map(asTyped);
  const last = others.at(-1);
  // After its end a card is one small line: the result says the rest, but not which image was unreadable.
  const content = ended
    ? `-# ${[first, ...notes.map(asTyped), ...(last === undefined ? [] : [last])].join(' · ')}`
    : lines.map(asTyped).join('\n');
  const { components = [], ...body } = compose(content, actions, mark);
  const menus = choices.map((choice) => ({
    type: ComponentType.ActionRow as const,
    components: [menuOf(choice, mark)],
  }));
  return { ...body, components: [...menus.slice(0, MAX_ROWS - components.length), ...components] };
}

export function composeText(text: string, actions: readonly Action[] = [], mark = ''): PostBody {
  return compose(asTyped(text), actions, mark);
}

function compose(content: string, actions: readonly Action[], mark: string): PostBody {
  return {
    content: clip(content, CONTENT_CHARACTERS),
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

/** What is chosen is said by the options themselves: beside each other, menus show nothing else. */
function menuOf({ kind, turnId, label, options, atLeast, atMost }: Choice, mark: string): APIStringSelectComponent {
  return {
    type: ComponentType.StringSelect,
    custom_id: encodeAction({ kind, turnId }, mark),
    placeholder: label,
    min_values: atLeast,
    max_values: atMost,
    options: options.map(({ value, label: words, description, isChosen }) => ({
      value,
      label: words.slice(0, OPTION_CHARACTERS),
      ...(description === undefined ? {} : { description: clip(description, OPTION_CHARACTERS) }),
      default: isChosen,
    })),
  };
}

function clip(text: string, characters: number): string {
  return text.length <= characters ? text : `${text.slice(0, characters - 1)}…`;
}

/** People's words are shown as they were typed. */
function asTyped(text: string): string {
  return escapeMarkdown(text, { heading: true, bulletedList: true, numberedList: true, maskedLink: true });
}
