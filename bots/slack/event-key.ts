import { addressOf, type Identity } from './address.ts';
import { deletionSchema, envelopeSchema, messageEventSchema, pressSchema } from './events.ts';

/**
 * The name of what an event is about: `message`, `press` or `event`, its channel, and what tells it from others there. The same
 * for every delivery, and for the two events that a mention is.
 * @returns undefined for what Easel has nothing to do with.
 */
export function keyOf(body: unknown, identity: Identity): string | undefined {
  const press = pressSchema.safeParse(body);
  if (press.success) {
    const { channel, user, message, actions } = press.data;
    return ['press', channel.id, user.id, message.ts, ...actions.map(({ action_ts: ts }) => ts)].join(' ');
  }
  const envelope = envelopeSchema.safeParse(body);
  if (!envelope.success) return undefined;
  const { event, event_id: id } = envelope.data;
  const deletion = deletionSchema.safeParse(event);
  if (deletion.success) return `event ${deletion.data.channel} ${id}`;
  const message = messageEventSchema.safeParse(event);
  if (!message.success || addressOf(message.data, identity).kind === 'ignored') return undefined;
  return `message ${message.data.channel} ${message.data.ts}`;
}

export function channelOf({ key }: { readonly key: string }): string {
  return key.split(' ')[1] ?? '';
}
