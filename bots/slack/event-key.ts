import { addressOf, type Identity } from './address.ts';
import { deletionSchema, envelopeSchema, messageEventSchema, pressSchema } from './events.ts';
import { encodePlace } from './place.ts';

/** What an event is about. */
export interface EventKey {
  /** The same for every delivery, and for the two events that a mention is. */
  readonly key: string;
  /** Events of one lane keep their order. */
  readonly lane: string;
}

/** @returns undefined for what Easel has nothing to do with. */
export function eventKeyOf(body: unknown, identity: Identity): EventKey | undefined {
  const press = pressSchema.safeParse(body);
  if (press.success) {
    const { channel, user, message, actions } = press.data;
    const key = ['press', channel.id, user.id, message.ts, ...actions.map(({ action_ts: ts }) => ts)].join(' ');
    return { key, lane: key };
  }
  const envelope = envelopeSchema.safeParse(body);
  if (!envelope.success) return undefined;
  const { event, event_id: id } = envelope.data;
  const deletion = deletionSchema.safeParse(event);
  if (deletion.success) return { key: `event ${id}`, lane: deletion.data.channel };
  const message = messageEventSchema.safeParse(event);
  if (!message.success) return undefined;
  const address = addressOf(message.data, identity);
  if (address.kind === 'ignored') return undefined;
  return { key: `message ${message.data.channel} ${message.data.ts}`, lane: encodePlace(address.place) };
}
