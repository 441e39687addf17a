import { type Client, type Message, MessageType } from 'discord.js';

/** How a message reaches Easel: somebody speaks to it, it stands in a thread that may be Easel's, or it is none of its business. */
export type Addressing = 'direct' | 'thread' | 'none';

const FIRST_MENTION = /^\s*<@!?(\d+)>/;

/**
 * People, not bots; a direct message, a mention, or a reply to Easel. What opens with somebody else's name is for them, and
 * so is talk that only replies to Easel's post by its notification.
 */
export function addressingOf(message: Message, client: Client<true>): Addressing {
  const isTalk = message.type === MessageType.Default || message.type === MessageType.Reply;
  if (!isTalk || message.author.bot || message.webhookId !== null) return 'none';
  if (message.channel.isDMBased()) return 'direct';
  if (isMentioned(message, client)) return 'direct';
  const first = FIRST_MENTION.exec(message.content)?.[1];
  if (first !== undefined && first !== client.user.id) return 'none';
  if (message.mentions.repliedUser?.id === client.user.id) return 'direct';
  return message.channel.isThread() ? 'thread' : 'none';
}

/** By name in the text, or by the role that Discord made for the bot. */
function isMentioned({ content, mentions }: Message, client: Client<true>): boolean {
  const byName = content.includes(`<@${client.user.id}>`) || content.includes(`<@!${client.user.id}>`);
  return byName || mentions.roles.some((role) => role.tags?.botId === client.user.id);
}

/** The text without the mentions that addressed Easel. */
export function textFor({ content, mentions }: Message, client: Client<true>): string {
  const ownRoles = mentions.roles.filter((role) => role.tags?.botId === client.user.id).map(({ id }) => `<@&${id}>`);
  const names = [`<@${client.user.id}>`, `<@!${client.user.id}>`, ...ownRoles];
  return names
    .reduce((text, name) => text.replaceAll(name, ' '), content)
    .replace(/[ \t]+/g, ' ')
    .trim();
}
