import { describe, expect, it } from 'vitest';
import { addressOf } from '../../../bots/slack/address.ts';
import { type MessageEvent, messageEventSchema } from '../../../bots/slack/events.ts';

const IDENTITY = { team: 'T1', botUserId: 'UEASEL' };

function event(changes: Partial<MessageEvent> = {}): MessageEvent {
  return messageEventSchema.parse({
    type: 'message',
    channel: 'C1',
    channel_type: 'channel',
    user: 'UANA',
    ts: '2.000002',
    text: 'make it red',
    ...changes,
  });
}

describe('whom a message is said to', () => {
  it.each([
    ['a mention in a channel', event({ text: '<@UEASEL> make it red' }), 'addressed', '2.000002'],
    ['a mention anywhere in the text', event({ text: 'make it red, <@UEASEL|easel>' }), 'addressed', '2.000002'],
    ['a mention in a thread', event({ text: '<@UEASEL> red', thread_ts: '1.000001' }), 'addressed', '1.000001'],
    ['the event of a mention', event({ type: 'app_mention', text: 'odd' }), 'addressed', '2.000002'],
    ['a direct message', event({ channel: 'D1', channel_type: 'im' }), 'addressed', undefined],
    ['a thread of a direct message', event({ channel: 'D1', thread_ts: '1.000001' }), 'addressed', '1.000001'],
    ['a file with words in a thread', event({ subtype: 'file_share', thread_ts: '1.000001' }), 'follow-up', '1.000001'],
    [
      'an answer that is sent to the channel too',
      event({ subtype: 'thread_broadcast', thread_ts: '1.000001' }),
      'follow-up',
      '1.000001',
    ],
    [
      'somebody’s name in the middle of a request',
      event({ text: 'make it like <@UBEN> has it', thread_ts: '1.000001' }),
      'follow-up',
      '1.000001',
    ],
  ] as const)('%s is Easel’s', (_what, message, kind, thread) => {
    const address = addressOf(message, IDENTITY);
    expect(address).toMatchObject({ kind, place: { team: 'T1', channel: message.channel } });
    expect(address.kind === 'ignored' ? undefined : address.place.thread).toBe(thread);
  });

  it.each([
    ['a word in a channel', event()],
    ['a name at the beginning', event({ text: '<@UBEN> make it red', thread_ts: '1.000001' })],
    ['a greeting to somebody', event({ text: 'Hey, <@UBEN|ben> look', thread_ts: '1.000001' })],
    ['thanks in a thread', event({ text: 'Thanks! :tada:', thread_ts: '1.000001' })],
    ['praise in a thread', event({ text: 'wow, looks great', thread_ts: '1.000001' })],
    ['an edit', event({ subtype: 'message_changed', text: '<@UEASEL> red' })],
    ['a join', event({ subtype: 'channel_join', text: '<@UEASEL> has joined' })],
    ['another bot', event({ bot_id: 'B1', text: '<@UEASEL> red' })],
    ['Easel itself', event({ user: 'UEASEL', channel: 'D1', channel_type: 'im' })],
    ['nobody', event({ user: undefined, channel: 'D1' })],
    ['a hidden message', event({ hidden: true, channel: 'D1' })],
  ])('%s is not', (_what, message) => {
    expect(addressOf(message, IDENTITY)).toEqual({ kind: 'ignored' });
  });
});
