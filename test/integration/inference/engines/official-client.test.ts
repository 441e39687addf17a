import { OpenAI, toFile } from 'openai';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startFakeOpenAiImages } from '../../../support/engines/fake-openai-images.ts';
import { plainPicture, stripesOf } from '../../../support/engines/paint.ts';
import { OPENAI_KEY, remoteEngines } from '../../../support/engines/remote-engines.ts';

/** The server of the engine tests must be one that OpenAI's own client speaks to, and ours must say the same as that client. */
describe('the server of the engine tests', () => {
  let fake: Awaited<ReturnType<typeof startFakeOpenAiImages>>;
  let client: OpenAI;
  beforeEach(async () => {
    fake = await startFakeOpenAiImages({ key: OPENAI_KEY });
    client = new OpenAI({ apiKey: OPENAI_KEY, baseURL: fake.baseUrl, maxRetries: 0 });
  });
  afterEach(() => fake.stop());

  it('takes the same edit from OpenAI’s client as from our engine', async () => {
    const pictures = [await plainPicture([200, 30, 30]), await plainPicture([30, 30, 200])];
    const image = await Promise.all(pictures.map((bytes, n) => toFile(bytes, `${n}.png`, { type: 'image/png' })));
    const { data } = await client.images.edit({
      model: 'gpt-image-2',
      image,
      prompt: 'Make it so.',
      n: 1,
      size: '1024x1024',
    });
    const picture = Buffer.from(data?.[0]?.b64_json ?? '', 'base64');
    expect(await stripesOf(picture, 2)).toEqual([
      [200, 30, 30],
      [30, 30, 200],
    ]);

    const ours = await remoteEngines.openai();
    await ours.engine.render({ mode: 'edit', prompt: 'Make it so.', images: pictures, seed: 1, aspect: '1:1' });
    const [theirs, own] = [fake.calls[0], ours.fake.calls[0]];
    expect(own?.path).toBe(theirs?.path);
    expect(own?.authorization).toBe(theirs?.authorization);
    expect(Object.keys(own?.fields ?? {}).toSorted()).toEqual(Object.keys(theirs?.fields ?? {}).toSorted());
    expect(own?.images.map((bytes) => Buffer.from(bytes))).toEqual(theirs?.images.map((bytes) => Buffer.from(bytes)));
    await ours.engine.dispose();
    await ours.stop();
  });

  it('makes pictures from words, lists models and refuses as that client understands it', async () => {
    const { data } = await client.images.generate({ model: 'gpt-image-2', prompt: 'a red bird', size: '1024x1024' });
    expect(data?.[0]?.b64_json).toMatch(/^iVBOR/);
    expect((await client.models.list()).data).toHaveLength(1);
    const stranger = new OpenAI({ apiKey: 'sk-stranger', baseURL: fake.baseUrl, maxRetries: 0 });
    await expect(stranger.models.list()).rejects.toMatchObject({ status: 401, code: 'invalid_api_key' });
    fake.failNext({ kind: 'answer', status: 429, headers: { 'retry-after': '1' } });
    await expect(client.images.generate({ prompt: 'a red bird' })).rejects.toBeInstanceOf(OpenAI.RateLimitError);
  });
});
