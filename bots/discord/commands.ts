import {
  ApplicationCommandOptionType,
  ApplicationCommandType,
  ComponentType,
  type MessageContextMenuCommandInteraction,
  ModalBuilder,
  type RESTPutAPIApplicationCommandsJSONBody,
  TextInputStyle,
} from 'discord.js';
import { LIMITS } from '../../core/domain.ts';
import type { Texts } from '../../core/texts/catalogue.ts';

export const EASEL_COMMAND = 'easel';
const MODAL = /^edit:(?<channelId>\d{1,20}):(?<messageId>\d{1,20})$/;
export const TEXT_FIELD = 'text';

/** What Discord lists for Easel: `/easel help`, and "Edit this image" in the menu of every message. */
export function commandsOf(texts: Texts): RESTPutAPIApplicationCommandsJSONBody {
  return [
    {
      name: EASEL_COMMAND,
      description: texts.say('command.easel', {}),
      options: [
        { type: ApplicationCommandOptionType.Subcommand, name: 'help', description: texts.say('command.help', {}) },
      ],
    },
    { type: ApplicationCommandType.Message, name: texts.say('menu.edit', {}) },
  ];
}

/** The question that "Edit this image" opens. It is the answer to the menu, so it must not wait for anything. */
export function editModal({ targetMessage }: MessageContextMenuCommandInteraction, texts: Texts): ModalBuilder {
  return new ModalBuilder({
    custom_id: `edit:${targetMessage.channelId}:${targetMessage.id}`,
    title: texts.say('menu.edit', {}),
    components: [
      {
        type: ComponentType.ActionRow,
        components: [
          {
            type: ComponentType.TextInput,
            custom_id: TEXT_FIELD,
            label: texts.say('menu.edit.question', {}),
            style: TextInputStyle.Paragraph,
            max_length: LIMITS.textCharacters,
            required: true,
          },
        ],
      },
    ],
  });
}

/** The message that a filled-in question is about; undefined for any other modal. */
export function editedMessage(
  customId: string,
): { readonly channelId: string; readonly messageId: string } | undefined {
  const { channelId, messageId } = MODAL.exec(customId)?.groups ?? {};
  return channelId === undefined || messageId === undefined ? undefined : { channelId, messageId };
}
