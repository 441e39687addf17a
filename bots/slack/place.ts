import { z } from 'zod';

/** Where a conversation is in Slack: a thread of a channel, or the top level of a direct message. */
export interface Place {
  readonly team: string;
  readonly channel: string;
  /** `ts` of the thread's first message; absent at the top level of a direct message. */
  readonly thread?: string;
}

const placeSchema = z.tuple([z.string().min(1), z.string().min(1)]).rest(z.string().regex(/^\d+\.\d+$/));

/** `team:channel`, then the thread where there is one. */
export function encodePlace({ team, channel, thread }: Place): string {
  return [team, channel, ...(thread === undefined ? [] : [thread])].join(':');
}

/** @throws ZodError for what `encodePlace` did not write. */
export function decodePlace(text: string): Place {
  const [team, channel, thread] = placeSchema.parse(text.split(':'));
  return { team, channel, ...(thread === undefined ? {} : { thread }) };
}

/** Unique in a workspace, where a `ts` alone is unique in its channel only. */
export function encodeMessageId(channel: string, ts: string): string {
  return `${channel}:${ts}`;
}

/** The message's `ts`. */
export function timestampOf(messageId: string): string {
  return messageId.slice(messageId.lastIndexOf(':') + 1);
}
