import {
  type ButtonInteraction,
  type Interaction,
  type MessageContextMenuCommandInteraction,
  MessageFlags,
  type ModalSubmitInteraction,
  PermissionFlagsBits,
  type StringSelectMenuInteraction,
} from 'discord.js';
import { AppError, asAppError, policyOf, sayingOf, toWire } from '../../core/errors.ts';
import { referenceOf } from '../../core/turns.ts';
import { decodeAction } from '../shared/action-id.ts';
import type { ChatBotDeps } from '../shared/chat-bot.ts';
import type { LiveCards } from '../shared/live-cards.ts';
import { pressButton } from '../shared/press-button.ts';
import type { IncomingMessage, MessageTaker } from '../shared/take-message.ts';
import { EASEL_COMMAND, editedMessage, editModal, TEXT_FIELD } from './commands.ts';
import { composeText } from './compose-post.ts';
import type { DiscordPlatform } from './discord-platform.ts';
import { decodePlace, encodePlace } from './place.ts';
import { remoteImages } from './read-message.ts';

export interface InteractionDeps extends Pick<ChatBotDeps, 'manager' | 'texts' | 'logger'> {
  readonly platform: DiscordPlatform;
  readonly liveCards: LiveCards;
  readonly taker: MessageTaker;
}

/**
 * Buttons, the menus of cards, the command and the message menu. Discord waits three seconds for a first answer, so that comes before anything
 * that could take time. Never throws.
 */
export function createInteractionHandler(deps: InteractionDeps): (interaction: Interaction) => Promise<void> {
  const { manager, texts, logger, platform, liveCards, taker } = deps;

  async function press(interaction: ButtonInteraction | StringSelectMenuInteraction): Promise<void> {
    // A press that Discord no longer waits for is still a press.
    await interaction.deferUpdate().catch(logUnanswered);
    const pressed = decodeAction(interaction.customId);
    try {
      if (pressed === undefined) throw new AppError('TURN_UNKNOWN', {});
      const { document, saying } = await pressButton(manager, {
        pressed: interaction.isStringSelectMenu() ? { ...pressed, values: interaction.values } : pressed,
        authorId: interaction.user.id,
        eventId: interaction.id,
        postedId: interaction.message.id,
        isAdmin: () => Promise.resolve(interaction.memberPermissions?.has(PermissionFlagsBits.ManageMessages) ?? false),
      });
      await liveCards.watch(document.id);
      if (saying === undefined) return;
      const text = texts.sayStored(saying);
      if (saying.to === 'person') await whisper(interaction, text);
      else await platform.say({ place: placeOf(interaction), replyTo: interaction.message.id }, text);
    } catch (thrown) {
      const error = asAppError(thrown);
      logRefused(error);
      await whisper(interaction, texts.sayStored(sayingOf(toWire(error)), pressed && referenceOf(pressed.turnId)));
    }
  }

  async function whisper(interaction: ButtonInteraction | StringSelectMenuInteraction, text: string): Promise<void> {
    const { content } = composeText(text);
    await interaction.followUp({ content, flags: MessageFlags.Ephemeral }).catch(logUnanswered);
  }

  async function askWhat(interaction: MessageContextMenuCommandInteraction): Promise<void> {
    await interaction.showModal(editModal(interaction, texts));
  }

  async function takeEdit(interaction: ModalSubmitInteraction): Promise<void> {
    const edited = editedMessage(interaction.customId);
    if (edited === undefined) return;
    const { content } = composeText(texts.say('menu.edit.accepted', {}));
    await interaction.reply({ content, flags: MessageFlags.Ephemeral });
    await taker.take(edited.channelId, () => readEdit(interaction, edited.messageId));
  }

  function logUnanswered(thrown: unknown): void {
    logger.info({ event: 'interaction-unanswered', code: asAppError(thrown).code }, 'an interaction expired');
  }

  function logRefused(error: AppError): void {
    const { log } = policyOf(error.code);
    const fields = { event: 'press-refused', code: error.code, ...error.details };
    logger[log === 'fatal' ? 'error' : log](fields, 'a button could not be carried out');
  }

  return async (interaction) => {
    try {
      if (interaction.isButton() || interaction.isStringSelectMenu()) await press(interaction);
      else if (interaction.isMessageContextMenuCommand()) await askWhat(interaction);
      else if (interaction.isModalSubmit()) await takeEdit(interaction);
      else if (interaction.isChatInputCommand() && interaction.commandName === EASEL_COMMAND) {
        const { content } = composeText(texts.say('reply.help', {}));
        await interaction.reply({ content, flags: MessageFlags.Ephemeral });
      }
    } catch (thrown) {
      logUnanswered(thrown);
    }
  };
}

/** The request from the message menu: about the pictures of that message, in the words of the form. */
async function readEdit(interaction: ModalSubmitInteraction, messageId: string): Promise<IncomingMessage> {
  const { channel, channelId, user } = interaction;
  if (channel === null || channelId === null) throw new AppError('PLATFORM_FORBIDDEN', {});
  const message = await channel.messages.fetch(messageId);
  const holdsOne = channel.isDMBased() || channel.isThread();
  return {
    messageId: `${messageId}+${interaction.id}`,
    authorId: user.id,
    text: interaction.fields.getTextInputValue(TEXT_FIELD),
    place: holdsOne
      ? placeOf(interaction)
      : encodePlace({ ...decodePlace(placeOf(interaction)), rootId: interaction.id }),
    answers: { messageId, images: remoteImages(message.attachments, 'reply') },
    isHere: (place) => decodePlace(place).channelId === channelId,
    images: [],
  };
}

function placeOf({
  guildId,
  channelId,
}: {
  readonly guildId: string | null;
  readonly channelId: string | null;
}): string {
  return encodePlace({ ...(guildId === null ? {} : { guildId }), channelId: channelId ?? '' });
}
