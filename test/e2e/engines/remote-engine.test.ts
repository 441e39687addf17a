import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { addressOf, useEaselRuns } from '../../support/easel-runs.ts';
import { startFakeOpenAiImages } from '../../support/engines/fake-openai-images.ts';
import { plainPicture, stripesOf } from '../../support/engines/paint.ts';
import { beginConversation } from '../../support/web/web-client.ts';

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});
const { home, start } = useEaselRuns();

describe('easel start with an image server', { timeout: 300_000 }, () => {
  it('makes pictures there, falls back to the built-in model and says so, and stops at the budget', async () => {
    const fake = await startFakeOpenAiImages({ key: 'sk-secret' });
    stops.push(fake.stop);
    const enginesFile = join(home(), 'engines.json');
    const prices = { 'openai-images': { currency: 'USD', perImage: 0.04 } };
    const budget = { currency: 'USD', place: { amount: 0.08, per: 'month' } };
    await writeFile(enginesFile, JSON.stringify({ fallback: ['local'], prices, budget }));
    const easel = start('start', {
      EASEL_ENGINE: 'openai-images',
      EASEL_ENGINES_FILE: enginesFile,
      EASEL_ALLOW_PRIVATE: 'true',
      OPENAI_BASE_URL: fake.baseUrl,
      OPENAI_API_KEY: 'sk-secret',
    });
    const url = await addressOf(easel);
    const { ask, post } = await beginConversation(url);

    const images = [await plainPicture([200, 30, 30]), await plainPicture([30, 30, 200])];
    const first = await ask({ text: 'Give image 1 the pattern of image 2.', images });
    expect(first.images[2]).toMatchObject({
      lineage: { engine: 'openai-images', model: 'gpt-image-2' },
      remarks: ['about $0.04'],
    });
    const picture = new Uint8Array(await (await fetch(url + (first.images[2]?.url ?? ''))).arrayBuffer());
    expect(await stripesOf(picture, 2)).toEqual([
      [200, 30, 30],
      [30, 30, 200],
    ]);

    fake.failNext({ kind: 'status-after-effect', status: 500 });
    const second = await ask({ text: 'Make it red.' });
    expect(second.images[3]).toMatchObject({
      lineage: { engine: 'tiny-small' },
      remarks: ['Made by tiny-small, because openai-images could not.'],
    });
    expect(fake.made()).toBe(2);

    // Two were charged, or may have been: that is all there was.
    const third = await ask({ text: 'Make it blue.' });
    expect(third.turns[2]).toMatchObject({ status: 'failed', error: { code: 'PLACE_BUDGET_SPENT' } });
    const fourth = await ask({ text: 'Make it blue.', engine: 'tiny-small' });
    expect(fourth.turns[3]).toMatchObject({ status: 'done' });
    expect(fake.made()).toBe(2);
    const refused = await post({ text: 'Make it blue.', engine: 'magic' });
    expect([refused.status, await refused.json()]).toMatchObject([400, { code: 'ENGINE_UNKNOWN' }]);
  });
});
