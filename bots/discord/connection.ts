import {
  type APIApplication,
  ApplicationFlags,
  ApplicationFlagsBitField,
  Client,
  Events,
  GatewayCloseCodes,
  GatewayIntentBits,
  Partials,
  type REST,
  type RESTOptions,
  Routes,
} from 'discord.js';
import { AppError } from '../../core/errors.ts';
import type { Logger, Stop } from '../../core/ports.ts';
import type { ChatBot } from '../shared/chat-bot.ts';
import { createLine } from '../shared/line.ts';
import { fromDiscordError, isUnauthorized } from './errors.ts';

export interface ConnectionOptions {
  readonly rest: REST;
  readonly restOptions: Partial<RESTOptions>;
  readonly token: string;
  readonly logger: Logger;
  /** The first pause after a failed attempt; it doubles up to a minute. Default: 1 s. */
  readonly retryMs?: number;
  /** Called with each new client before it connects. */
  readonly attach: (client: Client) => void;
}

export interface Connection {
  start(): void;
  readonly health: ChatBot['health'];
  readonly failed: Promise<never>;
  readonly stop: Stop;
}

/** Closes of the gateway after which discord.js gives up, and what mends them. */
const FATAL_CLOSES: Readonly<Record<number, string>> = {
  [GatewayCloseCodes.AuthenticationFailed]:
    'DISCORD_TOKEN: Discord does not accept it any more. Reset the token in the Developer Portal (Bot > Reset Token) and set the new one',
  [GatewayCloseCodes.InvalidIntents]:
    'DISCORD_TOKEN: Discord does not know the intents of this version of Easel. Update Easel',
  [GatewayCloseCodes.DisallowedIntents]:
    'DISCORD_TOKEN: the bot may not read messages. Switch on "Message Content Intent" in the Developer Portal (Bot > Privileged Gateway Intents)',
};
const BAD_TOKEN =
  'DISCORD_TOKEN: Discord does not accept it. Copy the token again in the Developer Portal (Bot > Reset Token)';

/** The line to Discord. It begins anew after every failure that time may mend, and ends with the reason after every other. */
export function createConnection({ rest, restOptions, token, logger, retryMs, attach }: ConnectionOptions): Connection {
  const line = createLine({ platform: 'Discord', logger, retryMs });
  const stopped = new Promise<void>((resolve) => {
    line.signal.addEventListener('abort', () => resolve(), { once: true });
  });
  let client: Client | undefined;
  let running: Promise<unknown> | undefined;

  async function connectOrHangUp(): Promise<void> {
    try {
      const connecting = connect();
      // Who stops does not wait for a line that hangs; what becomes of it then is nobody's concern.
      connecting.catch(() => undefined);
      await Promise.race([connecting, stopped]);
    } catch (error) {
      await client?.destroy();
      throw error;
    }
  }

  async function connect(): Promise<void> {
    const application = (await rest.get(Routes.currentApplication())) as APIApplication;
    const mayRead = mayReadMessages(application);
    if (!mayRead) {
      logger.warn(
        { event: 'discord-intents' },
        'without the Message Content Intent only mentions, replies and direct messages are read',
      );
    }
    client = createClient(restOptions, mayRead);
    const connected = client;
    connected.on(Events.ShardDisconnect, ({ code }) => {
      const problems = FATAL_CLOSES[code] ?? `DISCORD_TOKEN: Discord closed the connection for good (code ${code})`;
      logger.error({ event: 'discord-closed', closeCode: code }, 'Discord closed the connection for good');
      line.fail(new AppError('CONFIG_INVALID', { problems }, { details: { closeCode: code } }));
    });
    connected.on(Events.ShardReconnecting, () => line.become('connecting'));
    const onConnected = () => line.become('connected');
    connected
      .on(Events.ClientReady, onConnected)
      .on(Events.ShardResume, onConnected)
      .on(Events.ShardReady, onConnected);
    // Reported by what follows from them; without listeners they would end the process.
    connected.on(Events.ShardError, () => undefined).on(Events.Error, () => undefined);
    attach(connected);
    await connected.login(token);
    logger.info({ event: 'discord-connected', messageContent: mayRead }, 'connected to Discord');
  }

  return {
    start() {
      running ??= line.untilItWorks(connectOrHangUp, connectError);
    },
    health: line.health,
    failed: line.failed,
    async stop() {
      line.stop();
      await client?.destroy();
      await running;
    },
  };
}

/** Whether the Developer Portal allows to read messages that do not mention the bot. */
export function mayReadMessages({ flags }: Pick<APIApplication, 'flags'>): boolean {
  const field = new ApplicationFlagsBitField(flags);
  return field.any([ApplicationFlags.GatewayMessageContent, ApplicationFlags.GatewayMessageContentLimited]);
}

function createClient(rest: Partial<RESTOptions>, mayRead: boolean): Client {
  const { Guilds, GuildMessages, DirectMessages, MessageContent } = GatewayIntentBits;
  return new Client({
    intents: [Guilds, GuildMessages, DirectMessages, ...(mayRead ? [MessageContent] : [])],
    // Direct messages and deletions of messages from before the start come as partials.
    partials: [Partials.Channel, Partials.Message],
    allowedMentions: { parse: [] },
    enforceNonce: true,
    rest,
  });
}

function connectError(thrown: unknown): AppError {
  const isBadToken =
    isUnauthorized(thrown) || (thrown instanceof Error && 'code' in thrown && thrown.code === 'TokenInvalid');
  return isBadToken
    ? new AppError('CONFIG_INVALID', { problems: BAD_TOKEN }, { cause: thrown })
    : fromDiscordError(thrown);
}
