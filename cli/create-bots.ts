import type { DiscordBotOptions } from '../bots/discord/create-discord-bot.ts';
import type { ChatBot, ChatBotDeps } from '../bots/shared/chat-bot.ts';
import type { SlackBotOptions } from '../bots/slack/create-slack-bot.ts';
import type { Config } from '../core/config.ts';

export type BotName = 'discord' | 'slack';

/** Where the platforms are; for tests, and for proxies. Absent: where they always are. */
export interface BotEndpoints {
  readonly discord?: Partial<DiscordBotOptions>;
  readonly slack?: Pick<SlackBotOptions, 'endpoints' | 'times'>;
}

type CreateBot = (deps: ChatBotDeps, config: Config, endpoints: BotEndpoints) => Promise<ChatBot | undefined>;

/** Each platform's SDK is loaded only where its bot runs. */
const CREATE: Readonly<Record<BotName, CreateBot>> = {
  async discord(deps, { discord }, endpoints) {
    if (discord === undefined) return undefined;
    const { createDiscordBot } = await import('../bots/discord/create-discord-bot.ts');
    return createDiscordBot(deps, { token: discord.token, ...endpoints.discord });
  },
  async slack(deps, { slack }, endpoints) {
    if (slack === undefined) return undefined;
    const { createSlackBot } = await import('../bots/slack/create-slack-bot.ts');
    return createSlackBot(deps, { ...slack, ...endpoints.slack });
  },
};

/** The named bots that have a token. */
export async function createBots(
  names: readonly BotName[],
  deps: ChatBotDeps,
  config: Config,
  endpoints: BotEndpoints,
): Promise<readonly ChatBot[]> {
  const bots = await Promise.all(names.map((name) => CREATE[name](deps, config, endpoints)));
  return bots.flatMap((bot) => bot ?? []);
}
