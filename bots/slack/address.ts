import type { MessageEvent } from './events.ts';
import type { Place } from './place.ts';
import { isRemark, isSaidToAnother, mentions } from './text.ts';

/** Who Easel is in this workspace. */
export interface Identity {
  readonly team: string;
  readonly botUserId: string;
}

/** Where a message belongs, and whether it is said to Easel. */
export type Address =
  | { readonly kind: 'ignored' }
  | { readonly kind: 'addressed'; readonly place: Place }
  /** Only if Easel was called into this thread before. */
  | { readonly kind: 'follow-up'; readonly place: Place };

/** Everything else that comes as a message is not one: edits, deletions, joins, other bots. */
const SUBTYPES: ReadonlySet<string | undefined> = new Set([undefined, 'file_share', 'thread_broadcast']);

/**
 * Decide by the event alone whom a message is said to: in a direct message always Easel; in a channel where it is
 * mentioned; in a thread that it was called into also without a mention, unless the message opens with somebody else's name
 * or is only a remark among people.
 */
export function addressOf(event: MessageEvent, { team, botUserId }: Identity): Address {
  const { user, subtype, channel, text } = event;
  const isPerson = user !== undefined && user !== botUserId && (event.bot_id ?? null) === null;
  if (!isPerson || event.hidden === true || !SUBTYPES.has(subtype)) return { kind: 'ignored' };
  const markup = text ?? '';
  if (event.channel_type === 'im' || channel.startsWith('D')) {
    const thread = event.thread_ts === undefined ? {} : { thread: event.thread_ts };
    return { kind: 'addressed', place: { team, channel, ...thread } };
  }
  const place = { team, channel, thread: event.thread_ts ?? event.ts };
  if (event.type === 'app_mention' || mentions(markup, botUserId)) return { kind: 'addressed', place };
  const isFollowUp =
    event.thread_ts !== undefined &&
    !isSaidToAnother(markup, botUserId) &&
    !((event.files ?? []).length === 0 && isRemark(markup));
  return isFollowUp ? { kind: 'follow-up', place } : { kind: 'ignored' };
}
