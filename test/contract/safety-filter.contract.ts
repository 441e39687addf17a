import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SafetyFilter } from '../../core/ports.ts';

export interface SafetyFilterHarness {
  readonly filter: SafetyFilter;
  readonly prompts: { readonly allowed: string; readonly refused: string };
  /** `refused` is whatever this filter is set up to refuse: no explicit picture is kept here. */
  readonly pictures: { readonly allowed: Uint8Array; readonly refused: Uint8Array };
  close(): Promise<void>;
}

/** What every safety filter does, whatever it goes by. */
export function describeSafetyFilter(name: string, open: () => Promise<SafetyFilterHarness>): void {
  describe(`SafetyFilter: ${name}`, () => {
    let harness: SafetyFilterHarness;
    beforeAll(async () => {
      harness = await open();
    }, 60_000);
    afterAll(() => harness.close());

    const during = () => ({ signal: new AbortController().signal });

    it('lets an ordinary request and an ordinary picture pass', async () => {
      expect(await harness.filter.checkPrompt(harness.prompts.allowed, during())).toEqual({ verdict: 'ok' });
      expect(await harness.filter.checkImage(harness.pictures.allowed, during())).toEqual({ verdict: 'ok' });
    });

    it('says of what kind is what it refuses', async () => {
      const { filter, prompts, pictures } = harness;
      expect(await filter.checkPrompt(prompts.refused, during())).toMatchObject({
        verdict: 'refuse',
        category: expect.stringMatching(/^(?:minors|real-people|other)$/),
      });
      expect(await filter.checkImage(pictures.refused, during())).toMatchObject({
        verdict: 'refuse',
        category: expect.stringMatching(/^(?:explicit|suggestive)$/),
      });
    });

    it('decides the same again, also beside other questions', async () => {
      const { filter, pictures } = harness;
      const asked = [pictures.allowed, pictures.refused, pictures.allowed, pictures.refused];
      const answers = await Promise.all(asked.map((picture) => filter.checkImage(picture, during())));
      expect(answers.map(({ verdict }) => verdict)).toEqual(['ok', 'refuse', 'ok', 'refuse']);
    });

    it('looks at nothing after an abort', async () => {
      const signal = AbortSignal.abort('cancelled');
      await expect(harness.filter.checkImage(harness.pictures.allowed, { signal })).rejects.toMatchObject({
        code: 'CANCELLED',
      });
    });
  });
}
