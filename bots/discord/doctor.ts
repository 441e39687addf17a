import { type APIApplication, REST, type RESTGetAPICurrentUserGuildsResult, Routes } from 'discord.js';
import type { Secret } from '../../core/secret.ts';
import { mayReadMessages } from './connection.ts';
import { fromDiscordError, isUnauthorized } from './errors.ts';
import { inviteLink, missingFrom } from './permissions.ts';

/** What the doctor found, as `easel doctor` prints it. */
export interface DiscordFinding {
  readonly check: 'discord';
  readonly status: 'ok' | 'warning' | 'problem';
  readonly message: string;
  readonly fix?: string;
}

export interface DiscordDoctorOptions {
  readonly token: Secret;
  readonly apiUrl?: string;
}

/** Ask Discord about the bot: whether it knows the token, what the bot may read, what its servers allow, and where to invite it. */
export async function checkDiscord({ token, apiUrl }: DiscordDoctorOptions): Promise<readonly DiscordFinding[]> {
  const rest = new REST(apiUrl === undefined ? {} : { api: apiUrl }).setToken(token.reveal());
  try {
    const application = (await rest.get(Routes.currentApplication())) as APIApplication;
    const servers = (await rest.get(Routes.userGuilds())) as RESTGetAPICurrentUserGuildsResult;
    return [
      { check: 'discord', status: 'ok', message: `Discord knows the bot ${application.name}` },
      readingFinding(application),
      serversFinding(servers),
      { check: 'discord', status: 'ok', message: `Invite it to a server: ${inviteLink(application.id)}` },
    ];
  } catch (error) {
    return [isUnauthorized(error) ? badToken : unreachable(error)];
  }
}

const badToken: DiscordFinding = {
  check: 'discord',
  status: 'problem',
  message: 'Discord does not accept DISCORD_TOKEN',
  fix: 'Reset the token in the Developer Portal (your application > Bot > Reset Token) and set the new one.',
};

function unreachable(error: unknown): DiscordFinding {
  return {
    check: 'discord',
    status: 'problem',
    message: `Discord cannot be asked (${fromDiscordError(error).code})`,
    fix: 'Check that this machine may reach https://discord.com and wss://gateway.discord.gg.',
  };
}

function readingFinding(application: APIApplication): DiscordFinding {
  if (mayReadMessages(application)) {
    return { check: 'discord', status: 'ok', message: 'Message Content Intent is on' };
  }
  return {
    check: 'discord',
    status: 'warning',
    message: 'Without the Message Content Intent, people must mention the bot or reply to it, in its threads too',
    fix: 'Switch on "Message Content Intent" in the Developer Portal (your application > Bot > Privileged Gateway Intents).',
  };
}

/** What whole servers allow; a channel of theirs may still forbid it, which the bot says where it happens. */
function serversFinding(servers: RESTGetAPICurrentUserGuildsResult): DiscordFinding {
  const lacking = servers
    .map(({ name, permissions }) => ({ name, missing: missingFrom(BigInt(permissions)) }))
    .filter(({ missing }) => missing.length > 0);
  if (lacking.length > 0) {
    const list = lacking.map(({ name, missing }) => `${name} (${missing.join(', ')})`).join('; ');
    const fix =
      "Allow it in the server's settings (Roles > the bot's role), or invite the bot again by the link below.";
    return { check: 'discord', status: 'warning', message: `The bot lacks permissions in ${list}`, fix };
  }
  const count = servers.length === 1 ? 'one server' : `${servers.length} servers`;
  const message = servers.length === 0 ? 'The bot is in no server yet; direct messages work' : `The bot is in ${count}`;
  return { check: 'discord', status: 'ok', message };
}
