import { type Client, Events, type Message, type PartialMessage, REST, type RESTOptions, Routes } from 'discord.js';
import { asAppError } from '../../core/errors.ts';
import type { Secret } from '../../core/secret.ts';
import type { ChatBot, ChatBotDeps } from '../shared/chat-bot.ts';
import { openDownload } from '../shared/download.ts';
import { createLiveCards } from '../shared/live-cards.ts';
import { messageAlias, withLinks } from '../shared/message-alias.ts';
import { createMessageTaker } from '../shared/take-message.ts';
import { addressingOf } from './addressed.ts';
import { commandsOf } from './commands.ts';
import { createConnection } from './connection.ts';
import { createDiscordPlatform } from './discord-platform.ts';
import { uploadLimit } from './fit-upload.ts';
import { createInteractionHandler } from './interactions.ts';
import { lackingPermissions } from './permissions.ts';
import { encodePlace } from './place.ts';
import { readMessage } from './read-message.ts';

export interface DiscordBotOptions {
  readonly token: Secret;
  /** Default: Discord. A proxy of its API may stand there. */
  readonly apiUrl?: string;
  /** Where pictures are downloaded from, and nowhere else. Default: Discord's two hosts for attachments. */
  readonly attachmentOrigins?: readonly string[];
  /** Between two edits of a card. Default: 3 s. */
  readonly cardEveryMs?: number;
  /** First pause before another attempt to connect. Default: 1 s. */
  readonly retryMs?: number;
}

const API_URL = 'https://discord.com/api';
const ATTACHMENT_ORIGINS = ['https://cdn.discordapp.com', 'https://media.discordapp.net'];
/** A longer wait belongs in the queue, which uses no attempt for it. */
const LONGEST_WAIT_MS = 10_000;
const REMEMBERED_LANES = 1000;

/** Easel on Discord: takes messages, buttons and the menu from the gateway, posts by REST. */
export function createDiscordBot(deps: ChatBotDeps, options: DiscordBotOptions): ChatBot {
  const { documents, logger, texts } = deps;
  const origins = options.attachmentOrigins ?? ATTACHMENT_ORIGINS;
  const token = options.token.reveal();
  const restOptions: Partial<RESTOptions> = {
    api: options.apiUrl ?? API_URL,
    rejectOnRateLimit: ({ retryAfter }) => retryAfter > LONGEST_WAIT_MS,
  };
  const rest = new REST(restOptions).setToken(token);
  /** What was last said to Easel in each lane: a second message may come before the first one is answered. */
  const lastSaid = new Map<string, string>();
  /** The client of this moment; after a failed attempt there is a new one. */
  let connected: Client<true> | undefined;

  const discord = createDiscordPlatform({
    ...deps,
    rest,
    uploadLimitOf: (guildId = '') => uploadLimit(connected?.guilds.cache.get(guildId)?.premiumTier ?? 0),
  });
  const liveCards = createLiveCards(
    deps,
    withLinks(discord, documents),
    options.cardEveryMs === undefined ? {} : { everyMs: options.cardEveryMs },
  );
  const taker = createMessageTaker({
    ...deps,
    liveCards,
    open: (url, { signal }) => openDownload(url, { origins }, { signal }),
    say: ({ place, messageId }, text) => discord.say({ place, replyTo: messageId }, text),
  });
  const handleInteraction = createInteractionHandler({ ...deps, platform: discord, liveCards, taker });

  async function onMessage(message: Message, client: Client<true>): Promise<void> {
    const addressing = addressingOf(message, client);
    if (addressing === 'none' || (addressing === 'thread' && !(await isOurThread(message, client)))) return;
    const lacking = lackingPermissions(message.channel, client);
    if (lacking !== undefined) return await sayLacking(message, lacking);
    void discord.typing(message.channelId);
    const lane = laneOf(message);
    const before = lastSaid.get(lane);
    lastSaid.delete(lane);
    lastSaid.set(lane, message.id);
    const [oldest] = lastSaid.keys();
    if (lastSaid.size > REMEMBERED_LANES && oldest !== undefined) lastSaid.delete(oldest);
    await taker.take(lane, () => readMessage(message, { client, before, origins }));
  }

  /** Made by Easel, or hanging on one of its messages: there people need not name it. */
  async function isOurThread({ channel }: Message, client: Client<true>): Promise<boolean> {
    if (!channel.isThread()) return false;
    if (channel.ownerId === client.user.id) return true;
    return (await documents.resolve(messageAlias(discord.name, channel.id))) !== undefined;
  }

  async function sayLacking(message: Message, { names, maySpeak }: NonNullable<ReturnType<typeof lackingPermissions>>) {
    const permissions = names.join(', ');
    const fix = `Allow the bot in Edit Channel > Permissions: ${permissions}.`;
    logger.warn({ event: 'permissions', permissions, fix }, 'a message cannot be answered where it was said');
    const { author, channelId, guildId, channel } = message;
    const place = (id: string) => encodePlace({ ...(guildId === null ? {} : { guildId }), channelId: id });
    if (maySpeak) {
      await discord.say(
        { place: place(channelId), replyTo: message.id },
        texts.say('place.forbidden', { permissions }),
      );
      return;
    }
    const name = 'name' in channel ? `#${channel.name}` : '';
    const direct = await author.createDM();
    const text = texts.say('place.forbidden.elsewhere', { permissions, channel: name });
    await discord.say({ place: place(direct.id), replyTo: message.id }, text);
  }

  async function onEdit(edited: Message | PartialMessage, client: Client<true>): Promise<void> {
    // Discord also "edits" when it adds the preview of a link.
    if (edited.partial || edited.editedTimestamp === null) return;
    // A request that was understood stays as it was; one that was refused, or named nobody, may be mended.
    await onMessage(edited, client);
  }

  function attach(client: Client): void {
    const guard = (handling: Promise<void>) =>
      handling.catch((error: unknown) => {
        logger.error({ event: 'discord-event', code: asAppError(error).code }, 'an event of Discord was not handled');
      });
    client.on(Events.ClientReady, (ready) => {
      connected = ready;
      void guard(registerCommands(ready));
      void guard(liveCards.start());
    });
    client.on(Events.MessageCreate, (message) => {
      if (client.isReady()) void guard(onMessage(message, client));
    });
    client.on(Events.MessageUpdate, (_before, edited) => {
      if (client.isReady()) void guard(onEdit(edited, client));
    });
    client.on(Events.MessageDelete, (message) => {
      void guard(taker.withdraw(message.partial ? message.channelId : laneOf(message), message.id));
    });
    client.on(Events.InteractionCreate, (interaction) => void guard(handleInteraction(interaction)));
  }

  async function registerCommands({ application }: Client<true>): Promise<void> {
    await rest.put(Routes.applicationCommands(application.id), { body: commandsOf(texts) });
  }

  const connection = createConnection({
    rest,
    restOptions,
    token,
    logger,
    attach,
    ...(options.retryMs === undefined ? {} : { retryMs: options.retryMs }),
  });

  return {
    platform: liveCards.platform,
    start: connection.start,
    health: connection.health,
    failed: connection.failed,
    async stop() {
      await connection.stop();
      await taker.stop();
      await liveCards.stop();
    },
  };
}

/** Where one conversation lives, messages keep their order; in a channel, each person's do. */
function laneOf({ channel, channelId, author }: Message): string {
  return channel.isDMBased() || channel.isThread() ? channelId : `${channelId}:${author.id}`;
}
