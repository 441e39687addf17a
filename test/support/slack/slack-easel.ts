import { createSlackBot, type SlackBotOptions } from '../../../bots/slack/create-slack-bot.ts';
import { Secret } from '../../../core/secret.ts';
import { type MemoryChatOptions, startMemoryChat } from '../chat/memory-chat.ts';
import { APP_TOKEN, BOT_TOKEN, type FakeSlack, SIGNING_SECRET } from './fake-slack.ts';

/** Short, so that tests see edits and shares soon; the real times are tested beside. */
const QUICK_TIMES = {
  share: { sharedWithinMs: 400, pollMs: 20 },
  cards: { everyMs: 60, gapMs: 0 },
  retryMs: 20,
} as const;

export interface SlackEaselOptions extends MemoryChatOptions {
  readonly transport?: 'socket' | 'http';
  readonly times?: SlackBotOptions['times'];
  readonly botToken?: string;
}

/** Easel in memory with the real Slack bot, connecting to a fake Slack. */
export async function startSlackEasel(slack: FakeSlack, options: SlackEaselOptions = {}) {
  const { transport, times = QUICK_TIMES, botToken = BOT_TOKEN, ...chat } = options;
  const botOptions: SlackBotOptions = {
    botToken: new Secret(botToken),
    ...(transport === 'http' ? { signingSecret: new Secret(SIGNING_SECRET) } : { appToken: new Secret(APP_TOKEN) }),
    endpoints: { apiUrl: slack.apiUrl, fileOrigins: slack.fileOrigins },
    times,
  };
  return await startMemoryChat((deps) => createSlackBot(deps, botOptions), chat);
}

export type SlackEasel = Awaited<ReturnType<typeof startSlackEasel>>;
