import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { blobKeySchema } from '../../core/ids.ts';
import type { Blobs } from '../../core/ports.ts';

export interface BlobsHarness {
  readonly blobs: Blobs;
  /** The same store as another process would open it; absent where nothing outlives this one, with `isDurable` false. */
  reopen?(): Promise<Blobs>;
  close(): Promise<void>;
}

/** What every implementation of Blobs does. */
export function describeBlobs(
  name: string,
  open: () => Promise<BlobsHarness>,
  { isDurable }: { readonly isDurable: boolean },
): void {
  describe(`Blobs: ${name}`, () => {
    let harness: BlobsHarness;
    let blobs: Blobs;
    beforeEach(async () => {
      harness = await open();
      blobs = harness.blobs;
    });
    afterEach(() => harness.close());

    it('returns the bytes and the content type that were put', async () => {
      const bytes = Uint8Array.from({ length: 70_000 }, (_, index) => (index * 31) % 256);
      const key = await blobs.put(bytes, 'image/webp');
      const blob = await blobs.get(key);
      expect(blob?.contentType).toBe('image/webp');
      expect(Buffer.compare(Buffer.from(blob?.bytes ?? []), Buffer.from(bytes))).toBe(0);
      expect(await blobs.has(key)).toBe(true);
    });

    it('names blobs by keys that cannot be guessed and differ', async () => {
      const keys = await Promise.all(
        [bytesOf('a'), bytesOf('b'), bytesOf('')].map((bytes) => blobs.put(bytes, 'image/png')),
      );
      expect(new Set(keys).size).toBe(3);
      for (const key of keys) expect(blobKeySchema.safeParse(key).success).toBe(true);
    });

    it('takes the same bytes many times at once', async () => {
      const keys = await Promise.all(Array.from({ length: 20 }, () => blobs.put(bytesOf('same'), 'image/png')));
      for (const key of keys) expect(textOf(await blobs.get(key))).toBe('same');
    });

    it('knows nothing of a key that was never put', async () => {
      const key = blobKeySchema.parse('0'.repeat(64));
      expect(await blobs.get(key)).toBeUndefined();
      expect(await blobs.has(key)).toBe(false);
      await expect(blobs.delete(key)).resolves.toBeUndefined();
    });

    it('does not change when its bytes are changed by whoever put or got them', async () => {
      const bytes = bytesOf('stable');
      const key = await blobs.put(bytes, 'image/png');
      bytes.fill(0);
      const got = await blobs.get(key);
      got?.bytes.fill(0);
      expect(textOf(await blobs.get(key))).toBe('stable');
    });

    it('forgets a deleted blob and takes it again', async () => {
      const key = await blobs.put(bytesOf('gone'), 'image/png');
      await blobs.delete(key);
      expect(await blobs.get(key)).toBeUndefined();
      expect(await blobs.has(key)).toBe(false);
      const again = await blobs.put(bytesOf('gone'), 'image/png');
      expect(textOf(await blobs.get(again))).toBe('gone');
    });

    if (!isDurable) return;
    it('still has a blob when another process opens it', async () => {
      if (harness.reopen === undefined) throw new Error('a durable harness reopens');
      const key = await blobs.put(bytesOf('kept'), 'image/gif');
      const blob = await (await harness.reopen()).get(key);
      expect(textOf(blob)).toBe('kept');
      expect(blob?.contentType).toBe('image/gif');
    });
  });
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function textOf(blob: { readonly bytes: Uint8Array } | undefined): string | undefined {
  return blob === undefined ? undefined : new TextDecoder().decode(blob.bytes);
}
