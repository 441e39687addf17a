import { describe, expect, it } from 'vitest';
import { createSafetyFilter, judgePicture, type PictureScores } from '../../../../core/safety/picture-policy.ts';

const scores = (changes: Partial<PictureScores>): PictureScores => ({
  ...{ drawing: 0, hentai: 0, neutral: 0, porn: 0, sexy: 0 },
  ...changes,
});
const normal = { isStrict: false, threshold: 0.8 };
const strict = { isStrict: true, threshold: 0.8 };

describe('judgePicture', () => {
  it('refuses from the threshold on, and counts the explicit classes together', () => {
    const explicit = { verdict: 'refuse', category: 'explicit' };
    expect(judgePicture(scores({ porn: 0.8 }), normal)).toEqual(explicit);
    expect(judgePicture(scores({ porn: 0.4, hentai: 0.4 }), normal)).toEqual(explicit);
    expect(judgePicture(scores({ porn: 0.79, neutral: 0.21 }), normal)).toEqual({ verdict: 'ok' });
  });

  it('refuses what is suggestive only where it is strict', () => {
    expect(judgePicture(scores({ sexy: 0.95 }), normal)).toEqual({ verdict: 'ok' });
    expect(judgePicture(scores({ sexy: 0.6, porn: 0.3 }), strict)).toEqual({
      verdict: 'refuse',
      category: 'suggestive',
    });
    expect(judgePicture(scores({ porn: 0.9 }), strict)).toEqual({ verdict: 'refuse', category: 'explicit' });
    expect(judgePicture(scores({ drawing: 1 }), strict)).toEqual({ verdict: 'ok' });
  });
});

describe('createSafetyFilter', () => {
  const during = { signal: new AbortController().signal };

  it('judges texts also where pictures are not looked at', async () => {
    const filter = createSafetyFilter();
    expect(await filter.checkImage(new Uint8Array(), during)).toEqual({ verdict: 'ok' });
    expect(await filter.checkPrompt('undress her', during)).toMatchObject({ verdict: 'refuse' });
  });

  it('goes by its classifier', async () => {
    const classify = () => Promise.resolve(scores({ hentai: 1 }));
    const filter = createSafetyFilter({ ...normal, classify });
    expect(await filter.checkImage(new Uint8Array(), during)).toEqual({ verdict: 'refuse', category: 'explicit' });
  });
});
