import { type Client, OAuth2Scopes, PermissionFlagsBits, PermissionsBitField, type TextBasedChannel } from 'discord.js';

/** What Easel needs in a channel, with the names that Discord's settings show. */
const NEEDED = [
  ['View Channels', PermissionFlagsBits.ViewChannel],
  ['Send Messages', PermissionFlagsBits.SendMessages],
  ['Send Messages in Threads', PermissionFlagsBits.SendMessagesInThreads],
  ['Attach Files', PermissionFlagsBits.AttachFiles],
  ['Read Message History', PermissionFlagsBits.ReadMessageHistory],
] as const;

/** The sum of the needed bits, as invite links carry it. */
const NEEDED_PERMISSIONS: bigint = new PermissionsBitField(NEEDED.map(([, bit]) => bit)).bitfield;

export interface Lacking {
  /** Names of what is not allowed. */
  readonly names: readonly string[];
  /** Whether at least a sentence can be posted. */
  readonly maySpeak: boolean;
}

/** What Easel may not do in a channel and would need to; undefined where nothing is missing or nobody says. */
export function lackingPermissions(channel: TextBasedChannel, client: Client<true>): Lacking | undefined {
  if (channel.isDMBased()) return undefined;
  const allowed = channel.permissionsFor(client.user);
  if (allowed === null) return undefined;
  const [send, otherSend] = channel.isThread()
    ? [PermissionFlagsBits.SendMessagesInThreads, PermissionFlagsBits.SendMessages]
    : [PermissionFlagsBits.SendMessages, PermissionFlagsBits.SendMessagesInThreads];
  const missing = NEEDED.filter(([, bit]) => bit !== otherSend && !allowed.has(bit));
  if (missing.length === 0) return undefined;
  return { names: missing.map(([name]) => name), maySpeak: allowed.has(PermissionFlagsBits.ViewChannel | send) };
}

/** Names of what is needed and not among these permissions of a server. */
export function missingFrom(permissions: bigint): readonly string[] {
  const allowed = new PermissionsBitField(permissions);
  return NEEDED.filter(([, bit]) => !allowed.has(bit)).map(([name]) => name);
}

/** The link by which an admin of a server invites the bot, with exactly the permissions it needs. */
export function inviteLink(applicationId: string): string {
  const link = new URL('https://discord.com/oauth2/authorize');
  link.searchParams.set('client_id', applicationId);
  link.searchParams.set('scope', [OAuth2Scopes.Bot, OAuth2Scopes.ApplicationsCommands].join(' '));
  link.searchParams.set('permissions', String(NEEDED_PERMISSIONS));
  return link.href;
}
