import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ApiKey, type ApiKeys, keyOfToken, newApiKey } from '../../core/api-keys.ts';

export interface ApiKeysHarness {
  readonly keys: ApiKeys;
  /** The same keys as another process sees them. */
  readonly other: ApiKeys;
  close(): Promise<void>;
}

const aKey = (name: string) => newApiKey({ name, picturesPerDay: 10, atOnce: 2 }, 1000);

/** What every implementation of ApiKeys does. */
export function describeApiKeys(name: string, open: () => Promise<ApiKeysHarness>): void {
  describe(`ApiKeys: ${name}`, () => {
    let harness: ApiKeysHarness;
    beforeEach(async () => {
      harness = await open();
    });
    afterEach(() => harness.close());

    it('has no key in the beginning', async () => {
      expect(await harness.keys.list()).toEqual([]);
      expect(await harness.keys.get('0123456789abcdef')).toBeUndefined();
    });

    it('shows another process what was written, and what was changed', async () => {
      const { keys, other } = harness;
      const [{ key: first }, { key: second }] = [aKey('café “one”'), aKey('two')];
      await Promise.all([keys.put(first), keys.put(second)]);
      expect(await other.get(first.id)).toEqual(first);
      const revoked: ApiKey = { ...first, revokedAt: 2000 };
      await keys.put(revoked);
      expect(await other.get(first.id)).toEqual(revoked);
      expect((await other.list()).toSorted((a, b) => a.id.localeCompare(b.id))).toEqual(
        [revoked, second].toSorted((a, b) => a.id.localeCompare(b.id)),
      );
    });

    it('keeps nothing that opens anything, and knows a key by its token alone', async () => {
      const { key, token } = aKey('one');
      await harness.keys.put(key);
      expect(JSON.stringify(await harness.other.list())).not.toContain(token.slice(-43));
      expect(await keyOfToken(harness.other, token)).toEqual(key);
      expect(
        await keyOfToken(harness.other, `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`),
      ).toBeUndefined();
      expect(await keyOfToken(harness.other, aKey('two').token)).toBeUndefined();
    });
  });
}
