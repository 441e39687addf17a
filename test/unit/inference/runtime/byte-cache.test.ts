import { describe, expect, it } from 'vitest';
import { createByteCache } from '../../../../inference/runtime/byte-cache.ts';

function countingCache(maxBytes: number) {
  const computed: string[] = [];
  const cache = createByteCache<Uint8Array>(maxBytes, (value) => value.byteLength);
  const get = (key: string, bytes = 10) =>
    cache.get(key, async () => {
      computed.push(key);
      return new Uint8Array(bytes);
    });
  return { get, computed };
}

describe('createByteCache', () => {
  it('computes a value once', async () => {
    const { get, computed } = countingCache(100);
    expect(await get('a')).toBe(await get('a'));
    expect(computed).toEqual(['a']);
  });

  it('lets the value go that was unused for longest', async () => {
    const { get, computed } = countingCache(25);
    await get('a');
    await get('b');
    await get('a');
    await get('c');
    await get('a');
    await get('b');
    expect(computed).toEqual(['a', 'b', 'c', 'b']);
  });

  it('does not keep a value larger than the whole cache', async () => {
    const { get, computed } = countingCache(25);
    await get('huge', 26);
    await get('huge', 26);
    await get('a');
    await get('a');
    expect(computed).toEqual(['huge', 'huge', 'a']);
  });

  it('forgets a failure', async () => {
    const cache = createByteCache<number>(100, () => 1);
    await expect(cache.get('a', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await cache.get('a', async () => 7)).toBe(7);
  });
});
