import { AppError } from '../../core/errors.ts';

/** Where a conversation is on Discord. Threads and direct messages are one conversation each; a channel holds many. */
export interface Place {
  /** Absent in direct messages. */
  readonly guildId?: string;
  /** The channel, thread or direct message that is posted to. */
  readonly channelId: string;
  /** The message that began the conversation, in a channel. */
  readonly rootId?: string;
}

const PLACE = /^(?<guild>dm|\d{1,20})\/(?<channel>\d{1,20})(?:\/(?<root>\d{1,20}))?$/;

export function encodePlace({ guildId, channelId, rootId }: Place): string {
  return [guildId ?? 'dm', channelId, ...(rootId === undefined ? [] : [rootId])].join('/');
}

/** @throws AppError PAYLOAD_INVALID */
export function decodePlace(text: string): Place {
  const { guild, channel, root } = PLACE.exec(text)?.groups ?? {};
  if (guild === undefined || channel === undefined) throw new AppError('PAYLOAD_INVALID', {}, { details: { text } });
  return {
    ...(guild === 'dm' ? {} : { guildId: guild }),
    channelId: channel,
    ...(root === undefined ? {} : { rootId: root }),
  };
}
