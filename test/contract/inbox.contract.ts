import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Inbox, KeptEvent } from '../../core/inbox.ts';

export interface OpenedInbox {
  readonly inbox: Inbox;
  /** What another process, or the same one after a restart, sees. */
  readonly other: Inbox;
  close(): Promise<void>;
}

const event = (key: string, keptAt: number): KeptEvent => ({
  key,
  keptAt,
  body: JSON.stringify({ text: `${key} ü\u0000` }),
});

/** What every Inbox does. */
export function describeInbox(name: string, open: () => Promise<OpenedInbox>): void {
  describe(`Inbox: ${name}`, () => {
    let opened: OpenedInbox;
    beforeEach(async () => {
      opened = await open();
    });
    afterEach(() => opened.close());

    it('is empty until something is kept', async () => {
      expect(await opened.inbox.list('slack')).toEqual([]);
    });

    it('gives others what was kept, as it came, oldest first', async () => {
      const { inbox, other } = opened;
      const events = [event('b:1', 30), event('a/../../c', 10), event('a', 20)];
      for (const each of events) expect(await inbox.keep('slack', each)).toBe(true);
      expect(await other.list('slack')).toEqual(events.toSorted((one, two) => one.keptAt - two.keptAt));
    });

    it('keeps the first of several deliveries, whoever keeps them', async () => {
      const { inbox, other } = opened;
      const kept = await Promise.all(
        Array.from({ length: 10 }, (_, index) => (index % 2 === 0 ? inbox : other).keep('slack', event('one', index))),
      );
      expect(kept.filter(Boolean)).toHaveLength(1);
      expect(await inbox.list('slack')).toHaveLength(1);
    });

    it('forgets what is done, for everybody, and takes it again', async () => {
      const { inbox, other } = opened;
      await inbox.keep('slack', event('one', 1));
      await inbox.keep('slack', event('two', 2));
      await other.done('slack', 'one');
      await other.done('slack', 'never kept');
      expect(await inbox.list('slack')).toEqual([event('two', 2)]);
      expect(await inbox.keep('slack', event('one', 3))).toBe(true);
    });

    it('keeps platforms apart', async () => {
      const { inbox } = opened;
      await inbox.keep('slack', event('one', 1));
      expect(await inbox.keep('teams', event('one', 2))).toBe(true);
      await inbox.done('teams', 'one');
      expect(await inbox.list('slack')).toEqual([event('one', 1)]);
    });
  });
}
