import type { ReceiverEvent } from '@slack/bolt';
import { beforeEach, describe, expect, it } from 'vitest';
import { createKeptEvents, type KeptEvents } from '../../../bots/slack/kept-events.ts';
import { AppError } from '../../../core/errors.ts';
import type { Inbox } from '../../../core/inbox.ts';
import { createManualClock } from '../../support/fakes/clock.ts';
import { createMemoryEphemeral } from '../../support/fakes/ephemeral.ts';
import { createMemoryInbox } from '../../support/fakes/inbox.ts';
import { createMemoryLogger } from '../../support/fakes/logger.ts';

const identity = { team: 'T1', botUserId: 'UEASEL' };

/** All of them are said in one thread. */
function mentionOf(text: string, { ts = '1700000000.000100', type = 'message' } = {}) {
  const channel = 'C1';
  const thread_ts = '1700000000.000001';
  const event = { type, channel, ts, user: 'U1', text: `<@UEASEL> ${text}`, channel_type: 'channel', thread_ts };
  return { type: 'event_callback', event_id: `Ev-${type}-${ts}`, event };
}

describe('events of Slack', () => {
  const clock = createManualClock();
  let inbox: Inbox;
  let ephemeral: ReturnType<typeof createMemoryEphemeral>;
  /** What happened, in order. */
  let log: string[];
  beforeEach(() => {
    inbox = createMemoryInbox();
    ephemeral = createMemoryEphemeral(clock);
    log = [];
  });

  /** A process with this inbox. */
  function process(work: (text: string, kept: KeptEvents, body: unknown) => Promise<void> | void = () => undefined) {
    const stopping = new AbortController();
    const kept: KeptEvents = createKeptEvents(
      { inbox, ephemeral, clock, logger: createMemoryLogger() },
      {
        identity,
        signal: stopping.signal,
        async handle({ body, ack }: ReceiverEvent) {
          // As Bolt does.
          await ack();
          const { event } = body as ReturnType<typeof mentionOf>;
          log.push(event.text.replace('<@UEASEL> ', ''));
          await work(event.text, kept, body);
        },
      },
    );
    return { ...kept, stop: () => stopping.abort() };
  }

  const delivered = (body: ReceiverEvent['body']): ReceiverEvent => ({
    body,
    ack: async () => void log.push((await inbox.list('slack')).length > 0 ? 'acknowledged, kept' : 'acknowledged'),
  });
  const never = () => new Promise<void>(() => undefined);

  it('are kept before they are acknowledged, and forgotten when they were carried out', async () => {
    await process().take(delivered(mentionOf('one')));
    expect(log).toEqual(['acknowledged, kept', 'one']);
    expect(await inbox.list('slack')).toEqual([]);
  });

  it('are not acknowledged where they cannot be kept, so that Slack sends them again', async () => {
    inbox = { ...inbox, keep: () => Promise.reject(new AppError('STORE_UNAVAILABLE', {})) };
    await expect(process().take(delivered(mentionOf('one')))).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(log).toEqual([]);
  });

  it('are carried out at once, and once, where the acknowledgement is lost', async () => {
    const { take } = process();
    await take({ body: mentionOf('one'), ack: () => Promise.reject(new Error('no connection')) });
    expect(log).toEqual(['one']);
    await take(delivered(mentionOf('one')));
    expect(log).toEqual(['one', 'acknowledged']);
  });

  it('are carried out by the next process when one is killed in between, once', async () => {
    void process(never).take(delivered(mentionOf('one')));
    await expect.poll(() => log).toEqual(['acknowledged, kept', 'one']);
    const next = process();
    await next.repeat(0);
    expect(log).toEqual(['acknowledged, kept', 'one', 'one']);
    await next.repeat(0);
    await next.take(delivered(mentionOf('one')));
    expect(log.filter((each) => each === 'one')).toHaveLength(2);
    expect(await inbox.list('slack')).toEqual([]);
  });

  it('are one event, however often and by whichever event they come', async () => {
    const { take } = process();
    await Promise.all([
      take(delivered(mentionOf('one', { type: 'app_mention' }))),
      take(delivered(mentionOf('one'))),
      take(delivered(mentionOf('one'))),
    ]);
    await take(delivered(mentionOf('one')));
    expect(log.filter((each) => each === 'one')).toHaveLength(1);
    expect(log.filter((each) => each.startsWith('acknowledged'))).toHaveLength(4);
  });

  it('are left for the next start when the process stops before they are carried out', async () => {
    const stopped = process(() => stopped.stop());
    await stopped.take(delivered(mentionOf('one')));
    expect(await inbox.list('slack')).toHaveLength(1);
  });

  it('are tried again where they were left, three times, and then given up', async () => {
    const { take, repeat } = process((_text, kept, body) => kept.leave(body));
    await take(delivered(mentionOf('one')));
    for (let time = 0; time < 6; time += 1) await repeat(0);
    expect(log.filter((each) => each === 'one')).toHaveLength(4);
    expect(await inbox.list('slack')).toEqual([]);
  });

  it('are repeated in the order of their conversation, and only when they are old enough', async () => {
    const killed = process(never);
    for (const [index, text] of ['one', 'two', 'three'].entries()) {
      void killed.take(delivered(mentionOf(text, { ts: `1700000000.00010${index}` })));
      await expect.poll(() => log.includes(text)).toBe(true);
      clock.advance(1000);
    }
    log.length = 0;
    const next = process(() => Promise.resolve());
    await next.repeat(2500);
    expect(log).toEqual(['one']);
    await next.repeat(0);
    expect(log).toEqual(['one', 'two', 'three']);
  });

  it('are carried out in the order in which they came, whatever the store confirms first', async () => {
    const { keep } = inbox;
    const waits = [30, 0, 10];
    inbox = {
      ...inbox,
      keep: async (...event) => {
        await new Promise((resolve) => setTimeout(resolve, waits.shift()));
        return await keep(...event);
      },
    };
    const { take } = process();
    const texts = ['one', 'two', 'three'];
    await Promise.all(texts.map((text, index) => take(delivered(mentionOf(text, { ts: `1700000000.00010${index}` })))));
    expect(log.filter((each) => !each.startsWith('acknowledged'))).toEqual(texts);
  });

  it('that are not said to Easel are neither kept nor held up', async () => {
    const chatter = mentionOf('lunch?');
    const { thread_ts: _inThread, ...event } = chatter.event;
    const body = { ...chatter, event: { ...event, text: 'lunch?' } };
    await process().take(delivered(body));
    expect(log).toEqual(['acknowledged', 'lunch?']);
  });
});
