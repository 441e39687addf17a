import { describe, expect, it } from 'vitest';
import { createMetrics } from '../../../bots/shared/metrics.ts';
import { readBytes } from '../../../bots/shared/read-bytes.ts';
import { storeImage } from '../../../bots/shared/store-image.ts';
import { LIMITS } from '../../../core/domain.ts';
import { AppError } from '../../../core/errors.ts';
import type { ImageIntake } from '../../../core/ports.ts';
import { createMemoryBlobs } from '../../support/fakes/blobs.ts';

async function* chunksOf(...sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  for (const size of sizes) yield new Uint8Array(size).fill(7);
}

const signal = new AbortController().signal;
const accepting: ImageIntake = {
  normalise: (bytes) => Promise.resolve({ bytes, contentType: 'image/png', widthPx: 4, heightPx: 3 }),
};

describe('readBytes', () => {
  it('keeps what is within the limit', async () => {
    expect(await readBytes(chunksOf(3, 4), 7)).toEqual({ kind: 'complete', bytes: Buffer.alloc(7, 7) });
  });

  it('keeps nothing of what is beyond it, but counts on to the end', async () => {
    expect(await readBytes(chunksOf(3, 4, 100), 6)).toEqual({ kind: 'too-large', sizeBytes: 107 });
  });
});

describe('storeImage', () => {
  it('stores the normalised picture', async () => {
    const blobs = createMemoryBlobs();
    const image = await storeImage(
      { intake: accepting, blobs },
      { origin: 'attachment', name: 'bag.png', chunks: chunksOf(10) },
      { signal },
    );
    expect(image).toMatchObject({ status: 'ready', origin: 'attachment', name: 'bag.png', widthPx: 4, heightPx: 3 });
    expect(image.status === 'ready' && (await blobs.has(image.blob))).toBe(true);
  });

  it('makes a failed image of a picture that cannot be used', async () => {
    const intake: ImageIntake = {
      normalise: () => Promise.reject(new AppError('IMAGE_UNREADABLE', { number: 0, format: 'PDF' })),
    };
    const image = await storeImage(
      { intake, blobs: createMemoryBlobs() },
      { origin: 'link', chunks: chunksOf(1) },
      { signal },
    );
    expect(image).toEqual({
      status: 'failed',
      origin: 'link',
      reason: { code: 'IMAGE_UNREADABLE', values: { number: 0, format: 'PDF' } },
    });
  });

  it('says how large a picture over the limit was', async () => {
    const image = await storeImage(
      { intake: accepting, blobs: createMemoryBlobs() },
      { origin: 'attachment', chunks: chunksOf(LIMITS.imageBytes, 40_000_000) },
      { signal },
    );
    expect(image).toMatchObject({ status: 'failed', reason: { code: 'IMAGE_TOO_LARGE', values: { size: '65 MB' } } });
  });

  it('throws what is no fault of the picture', async () => {
    const intake: ImageIntake = { normalise: () => Promise.reject(new AppError('CANCELLED', {})) };
    const storing = storeImage(
      { intake, blobs: createMemoryBlobs() },
      { origin: 'attachment', chunks: chunksOf(1) },
      { signal },
    );
    await expect(storing).rejects.toMatchObject({ code: 'CANCELLED' });
  });
});

describe('createMetrics', () => {
  it('writes counters, gauges and histograms in the text format', () => {
    const metrics = createMetrics({ a_total: 'Things.', b: 'Open.', c_seconds: 'Time.' });
    metrics.count('a_total', { kind: 'x"y' });
    metrics.count('a_total', { kind: 'x"y' });
    metrics.change('b', 2);
    metrics.change('b', -1);
    metrics.observe('c_seconds', 0.2);
    const lines = metrics.render().split('\n');
    expect(lines).toContain('# HELP a_total Things.');
    expect(lines).toContain('# TYPE a_total counter');
    expect(lines).toContain('a_total{kind="x_y"} 2');
    expect(lines).toContain('b 1');
    expect(lines).toContain('c_seconds_bucket{le="0.1"} 0');
    expect(lines).toContain('c_seconds_bucket{le="0.25"} 1');
    expect(lines).toContain('c_seconds_bucket{le="+Inf"} 1');
    expect(lines).toContain('c_seconds_count 1');
  });

  it('refuses a metric that nobody explained', () => {
    expect(() => createMetrics({}).count('unknown_total')).toThrow('unknown_total');
  });
});
