import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Ephemeral } from '../../core/ports.ts';

export interface EphemeralHarness {
  readonly ephemeral: Ephemeral;
  /** Let this much time pass: a manual clock is moved, a real server is waited for. */
  elapse(ms: number): Promise<void>;
  /** The same state as another process would open it; default: the same object. */
  readonly other?: Ephemeral;
  close(): Promise<void>;
}

const TTL_MS = 300;

/** What every implementation of Ephemeral does. */
export function describeEphemeral(name: string, open: () => Promise<EphemeralHarness>): void {
  describe(`Ephemeral: ${name}`, () => {
    let harness: EphemeralHarness;
    let ephemeral: Ephemeral;
    let other: Ephemeral;
    beforeEach(async () => {
      harness = await open();
      ephemeral = harness.ephemeral;
      other = harness.other ?? harness.ephemeral;
    });
    afterEach(() => harness.close());

    it('lets exactly one of twenty callers have a key', async () => {
      const got = await Promise.all(
        Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? ephemeral : other).once('event:1', 60_000)),
      );
      expect(got.filter(Boolean)).toHaveLength(1);
      expect(await ephemeral.once('event:2', 60_000)).toBe(true);
    });

    it('gives a key again after its time, and for a full time', async () => {
      expect(await ephemeral.once('event', TTL_MS)).toBe(true);
      expect(await ephemeral.once('event', TTL_MS)).toBe(false);
      await harness.elapse(TTL_MS + 50);
      expect(await ephemeral.once('event', TTL_MS)).toBe(true);
      expect(await ephemeral.once('event', TTL_MS)).toBe(false);
    });

    it('counts up and down, without losing any of many', async () => {
      await Promise.all(Array.from({ length: 40 }, () => ephemeral.count('user', 2, 60_000)));
      expect(await other.count('user', -1, 60_000)).toBe(79);
      expect(await ephemeral.count('somebody else', 1, 60_000)).toBe(1);
    });

    it('forgets a counter a fixed time after its first change', async () => {
      expect(await ephemeral.count('user', 1, TTL_MS)).toBe(1);
      expect(await ephemeral.count('user', 1, TTL_MS)).toBe(2);
      await harness.elapse(TTL_MS + 50);
      expect(await ephemeral.count('user', 1, TTL_MS)).toBe(1);
    });

    it('tells every subscriber of a topic, in order, and nobody else', async () => {
      const heard = { one: listener(), two: listener(), elsewhere: listener() };
      const stops = [
        await ephemeral.subscribe('a', heard.one.hear),
        await other.subscribe('a', heard.two.hear),
        await ephemeral.subscribe('b', heard.elsewhere.hear),
      ];
      for (const message of ['1', '2', '{"text":"ü 鍵"}']) await other.publish('a', message);
      await ephemeral.publish('b', 'end');
      expect(await heard.one.until(3)).toEqual(['1', '2', '{"text":"ü 鍵"}']);
      expect(await heard.two.until(3)).toEqual(['1', '2', '{"text":"ü 鍵"}']);
      expect(await heard.elsewhere.until(1)).toEqual(['end']);
      for (const stop of stops) await stop();
    });

    it('stops telling a subscriber that left, while another one stays', async () => {
      const [left, stayed] = [listener(), listener()];
      const stopLeft = await ephemeral.subscribe('a', left.hear);
      const stopStayed = await ephemeral.subscribe('a', stayed.hear);
      await ephemeral.publish('a', '1');
      await left.until(1);
      await stopLeft();
      await stopLeft();
      await ephemeral.publish('a', '2');
      expect(await stayed.until(2)).toEqual(['1', '2']);
      expect(left.messages).toEqual(['1']);
      await stopStayed();
    });

    it('is not disturbed by a subscriber that throws', async () => {
      const calm = listener();
      const stops = [
        await ephemeral.subscribe('a', () => {
          throw new Error('a listener failed');
        }),
        await ephemeral.subscribe('a', calm.hear),
      ];
      await ephemeral.publish('a', '1');
      await ephemeral.publish('a', '2');
      expect(await calm.until(2)).toEqual(['1', '2']);
      for (const stop of stops) await stop();
    });

    it('publishes to a topic that nobody follows', async () => {
      await expect(ephemeral.publish('nobody', '1')).resolves.toBeUndefined();
    });
  });
}

/** Collects messages; `until(n)` resolves when n have come. */
function listener() {
  const messages: string[] = [];
  const waiting: { readonly count: number; readonly resolve: () => void }[] = [];
  return {
    messages,
    hear(message: string): void {
      messages.push(message);
      for (const each of waiting) if (messages.length >= each.count) each.resolve();
    },
    async until(count: number): Promise<readonly string[]> {
      if (messages.length < count) await new Promise<void>((resolve) => waiting.push({ count, resolve }));
      return messages;
    },
  };
}
