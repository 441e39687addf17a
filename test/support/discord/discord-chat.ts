import { createDiscordBot, type DiscordBotOptions } from '../../../bots/discord/create-discord-bot.ts';
import { Secret } from '../../../core/secret.ts';
import { startMemoryChat } from '../chat/memory-chat.ts';
import { type FakeDiscord, startFakeDiscord } from './fake-discord.ts';

/** How the bot reaches the Discord of a test. */
export function botOptions(discord: FakeDiscord): DiscordBotOptions {
  return {
    token: new Secret(discord.settings.token),
    apiUrl: discord.apiUrl,
    attachmentOrigins: [discord.origin],
    cardEveryMs: 30,
    retryMs: 20,
  };
}

/** Discord of a test with Easel on it, connected. */
export async function startDiscordChat(options: Partial<DiscordBotOptions> = {}) {
  const discord = await startFakeDiscord();
  const chat = await startMemoryChat((deps) => createDiscordBot(deps, { ...botOptions(discord), ...options }));
  await discord.listened();
  return {
    discord,
    ...chat,
    async restart(): Promise<void> {
      await chat.restart();
      await discord.listened();
    },
    async stop(): Promise<void> {
      await chat.stop();
      await discord.stop();
    },
  };
}

export type DiscordChat = Awaited<ReturnType<typeof startDiscordChat>>;
