import {
  BOT_ROLE_ID,
  type DiscordWorld,
  type FakeChannel,
  type FakeMessage,
  type FakeUser,
  GUILD_ID,
  MEMBER_PERMISSIONS,
} from './discord-world.ts';

const TEXT = 0;
const DIRECT = 1;
const REPLY = 19;
const JOINED = '2024-01-01T00:00:00.000000+00:00';

export function userPayload({ id, username, bot = false }: FakeUser) {
  return { id, username, discriminator: '0', global_name: null, avatar: null, bot };
}

export function channelPayload({ id, type, name, parentId, ownerId, recipient, denied }: FakeChannel, botId: string) {
  if (type === DIRECT)
    return { id, type, last_message_id: null, recipients: recipient === undefined ? [] : [userPayload(recipient)] };
  const common = { id, type, guild_id: GUILD_ID, name, last_message_id: null, rate_limit_per_user: 0 };
  if (type === TEXT) {
    const overwrite = { id: botId, type: 1, allow: '0', deny: String(denied) };
    return { ...common, position: 0, nsfw: false, topic: null, parent_id: null, permission_overwrites: [overwrite] };
  }
  return {
    ...common,
    parent_id: parentId,
    owner_id: ownerId,
    message_count: 0,
    member_count: 1,
    thread_metadata: { archived: false, auto_archive_duration: 1440, archive_timestamp: JOINED, locked: false },
  };
}

/** A message as REST and gateway send it. The nonce is in neither: a bot cannot count on reading it back. */
export function messagePayload(world: DiscordWorld, message: FakeMessage, { depth = 1 } = {}): Record<string, unknown> {
  const { id, channel_id, author, content, components, attachments, timestamp, edited_timestamp, message_reference } =
    message;
  const channel = world.channels.get(channel_id);
  const referenced =
    message_reference === undefined ? undefined : world.findMessage(channel_id, message_reference.message_id);
  const mentioned = [...content.matchAll(/<@!?(\d+)>/g)].flatMap(([, userId]) => world.users.get(userId ?? '') ?? []);
  const pinged = referenced !== undefined ? [referenced.author] : [];
  const mentions = [...new Map([...mentioned, ...pinged].map((user) => [user.id, user])).values()];
  return {
    id,
    channel_id,
    type: message_reference === undefined ? 0 : REPLY,
    author: userPayload(author),
    content,
    components: components.map((row) => ({ type: 1, components: row.components })),
    attachments,
    embeds: [],
    mentions: mentions.map(userPayload),
    mention_roles: [...content.matchAll(/<@&(\d+)>/g)].map(([, roleId]) => roleId),
    mention_everyone: false,
    pinned: false,
    tts: false,
    flags: 0,
    timestamp,
    edited_timestamp,
    ...(channel?.type === DIRECT ? { channel_type: DIRECT } : { guild_id: GUILD_ID, member: memberPayload() }),
    ...(message_reference === undefined
      ? {}
      : {
          message_reference: { type: 0, channel_id, message_id: message_reference.message_id },
          ...(depth === 0
            ? {}
            : {
                referenced_message: referenced === undefined ? null : messagePayload(world, referenced, { depth: 0 }),
              }),
        }),
  };
}

export function guildPayload(world: DiscordWorld, premiumTier: number) {
  const channels = [...world.channels.values()];
  const role = { color: 0, hoist: false, mentionable: false, position: 0, flags: 0, managed: false };
  return {
    id: GUILD_ID,
    name: 'Sticker club',
    owner_id: '1',
    features: [],
    emojis: [],
    stickers: [],
    premium_tier: premiumTier,
    member_count: 2,
    unavailable: false,
    roles: [
      { ...role, id: GUILD_ID, name: '@everyone', permissions: String(MEMBER_PERMISSIONS) },
      { ...role, id: BOT_ROLE_ID, name: 'Easel', managed: true, permissions: '0', tags: { bot_id: world.bot.id } },
    ],
    members: [{ ...memberPayload(), roles: [BOT_ROLE_ID], user: userPayload(world.bot) }],
    channels: channels.filter(({ type }) => type === TEXT).map((channel) => channelPayload(channel, world.bot.id)),
    threads: channels.filter(({ type }) => type === 11).map((channel) => channelPayload(channel, world.bot.id)),
    presences: [],
    voice_states: [],
    stage_instances: [],
    guild_scheduled_events: [],
  };
}

export function memberPayload() {
  return { roles: [], joined_at: JOINED, deaf: false, mute: false, flags: 0, nick: null, avatar: null };
}
