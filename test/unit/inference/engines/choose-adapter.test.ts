import { describe, expect, it } from 'vitest';
import { chooseAdapter } from '../../../../inference/engines/choose-adapter.ts';

const BOTH = { adapters: ['edit', 'generate', 'sketch'].map((name) => ({ name, path: `/${name}` })) };
const images = (count: number) => Array.from({ length: count }, () => new Uint8Array());

describe('chooseAdapter', () => {
  it.each([
    ['edit', 1, null],
    ['edit', 2, 'edit'],
    ['edit', 4, 'edit'],
    ['generate', 0, null],
    ['generate', 1, 'generate'],
    ['generate', 3, 'generate'],
  ] as const)('uses for %s with %d images the adapter %s', (mode, count, adapter) => {
    expect(chooseAdapter(BOTH, { mode, images: images(count) })).toEqual({ adapter, warnings: [] });
  });

  it('follows a request that names one', () => {
    expect(chooseAdapter(BOTH, { mode: 'edit', images: images(2), adapter: 'none' }).adapter).toBe(null);
    expect(chooseAdapter(BOTH, { mode: 'edit', images: images(1), adapter: 'sketch' }).adapter).toBe('sketch');
  });

  it('works without a missing edit or generate adapter and says so', () => {
    const choice = chooseAdapter({ adapters: [] }, { mode: 'edit', images: images(2) });
    expect(choice.adapter).toBe(null);
    expect(choice.warnings.join()).toContain('"edit"');
  });

  it('refuses any other adapter that is missing, naming those there are', () => {
    expect(() => chooseAdapter(BOTH, { mode: 'edit', images: images(2), adapter: 'oil' })).toThrow(
      expect.objectContaining({
        code: 'INPUT_INVALID',
        message: expect.stringContaining('none, edit, generate, sketch'),
      }),
    );
  });
});
