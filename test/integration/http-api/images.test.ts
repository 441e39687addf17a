import { type OpenAI, toFile } from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ApiEasel, startApiEasel } from '../../support/http-api/api-easel.ts';
import { bagAndDress, sizesOf } from '../../support/http-api/read-answers.ts';

let easel: ApiEasel;
let client: OpenAI;
beforeAll(async () => {
  easel = await startApiEasel();
  client = easel.client(await easel.newKey({ picturesPerDay: 1000 }));
});
afterAll(() => easel.stop());

const warningsOf = (answer: object): unknown => ('warnings' in answer ? answer.warnings : undefined);
const promptsOf = ({ data = [] }: OpenAI.ImagesResponse) => data.map(({ revised_prompt: prompt }) => prompt);

describe('the official client', () => {
  it('lists the model and finds it by its name', async () => {
    const models = await client.models.list();
    expect(models.data).toMatchObject([{ id: 'painting', object: 'model', owned_by: 'easel', max_images: 5 }]);
    expect(await client.models.retrieve('painting')).toMatchObject({ id: 'painting' });
    await expect(client.models.retrieve('gpt-image-1')).rejects.toMatchObject({ status: 404, code: 'model_not_found' });
  });

  it('edits two images, both used, the first as the base', async () => {
    const asked = client.images.edit({ image: await bagAndDress(), prompt: 'put these together' });
    const { data: answer, response } = await asked.withResponse();
    expect(await sizesOf(answer)).toEqual(['256x256']);
    expect(answer).toMatchObject({ size: '256x256', output_format: 'png', background: 'opaque' });
    expect(await easel.turnOf(response)).toMatchObject({
      // Whose it is in the queue, where keys and people take turns.
      authorId: expect.stringMatching(/^key-[0-9a-f]{16}$/),
      status: 'done',
      interpretation: { mode: 'edit', base: 1, references: [2] },
    });
    expect(warningsOf(answer)).toEqual([]);
  });

  it('edits one image', async () => {
    const [bag] = await bagAndDress();
    if (bag === undefined) throw new Error('no bag');
    expect(await sizesOf(await client.images.edit({ image: bag, prompt: 'make it red' }))).toEqual(['256x256']);
  });

  it('finds the base where the prompt names it, and tells how the model read it', async () => {
    const image = await bagAndDress();
    const answer = await client.images.edit({
      image,
      prompt: 'Replace the dress in image 2 with the bag from image 1.',
    });
    expect(promptsOf(answer)).toEqual(['Replace the dress in image 1 with the bag from image 2.']);
  });

  it('makes a new picture of words alone, also of words that mean something in a chat', async () => {
    for (const prompt of ['a red bird', 'help', 'undo', 'hello']) {
      expect(await sizesOf(await client.images.generate({ prompt }))).toEqual(['256x256']);
    }
  });

  it('makes as many as asked for, all different, the same again with the same seed', async () => {
    const ask = () => client.images.generate({ prompt: 'a red bird', n: 3, ...{ seed: 7 } });
    const [first, second] = [await ask(), await ask()];
    expect(new Set(first.data?.map(({ b64_json: bytes }) => bytes)).size).toBe(3);
    expect(second.data).toEqual(first.data);
  });

  it('takes the shape from size, and says that the pixels differ', async () => {
    const asked = client.images.generate({ prompt: 'a red bird', size: '1536x1024', model: 'painting' });
    const { data: answer, response } = await asked.withResponse();
    expect(warningsOf(answer)).toEqual([expect.stringContaining('1536x1024')]);
    expect((await easel.turnOf(response)).interpretation).toMatchObject({ aspect: '3:2' });
    expect(warningsOf(await client.images.generate({ prompt: 'a red bird', size: '256x256' }))).toEqual([]);
  });

  it('says which wishes make no difference, and takes those that ask for nothing', async () => {
    const wishes = { quality: 'high', style: 'vivid', moderation: 'low' } as const;
    const answer = await client.images.generate({ prompt: 'a red bird', ...wishes, background: 'auto', user: 'ana' });
    expect(warningsOf(answer)).toEqual(
      ['quality', 'style', 'moderation'].map((name) => `${name}: makes no difference here.`),
    );
    const nothing = { quality: 'auto', size: 'auto', background: 'opaque', output_format: 'png', n: 1 } as const;
    expect(warningsOf(await client.images.generate({ prompt: 'a red bird', ...nothing, stream: false }))).toEqual([]);
  });

  it('links to pictures that anybody with the link may see', async () => {
    const answer = await client.images.generate({ prompt: 'a red bird', response_format: 'url' });
    const url = answer.data?.[0]?.url ?? '';
    expect(url).toMatch(new RegExp(`^${easel.url}/v1/images/[0-9a-f]{32,64}$`));
    const response = await fetch(url);
    expect(response.headers.get('content-type')).toBe('image/png');
    expect(
      Buffer.from(await response.arrayBuffer())
        .subarray(1, 4)
        .toString(),
    ).toBe('PNG');
    expect((await fetch(`${easel.url}/v1/images/${'0'.repeat(64)}`)).status).toBe(404);
    const headers = { 'X-Forwarded-Proto': 'https' };
    const behindProxy = await client.images.generate({ prompt: 'a red bird', response_format: 'url' }, { headers });
    expect(behindProxy.data?.[0]?.url).toMatch(/^https:\/\/127\.0\.0\.1:\d+\/v1\/images\//);
  });

  it('makes a new picture of images when told so', async () => {
    const image = await bagAndDress();
    const asked = client.images.edit({ image, prompt: 'a bag in a dress', ...{ mode: 'generate' } });
    const { data: answer, response } = await asked.withResponse();
    expect(await sizesOf(answer)).toEqual(['256x256']);
    const { interpretation } = await easel.turnOf(response);
    expect(interpretation).toMatchObject({ mode: 'generate', base: null, references: [1, 2] });
  });

  it('takes what is a picture, whatever it is called', async () => {
    const [bag] = await bagAndDress();
    if (bag === undefined) throw new Error('no bag');
    const renamed = await toFile(Buffer.from(await bag.arrayBuffer()), 'bag.webp', { type: 'image/webp' });
    expect(await sizesOf(await client.images.edit({ image: renamed, prompt: 'make it red' }))).toEqual(['256x256']);
  });

  it('counts what it is asked, without names', async () => {
    await client.images.edit({ image: await bagAndDress(), prompt: 'make it red' });
    const text = easel.metrics.render();
    expect(text).toMatch(/easel_api_requests_total\{method="POST",route="\/v1\/images\/edits",status="200"\} \d+/);
    expect(text).toMatch(/easel_api_accepted_total\{mode="edit"\} \d+/);
  });
});
