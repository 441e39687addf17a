import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AppError } from '../../../core/errors.ts';
import { type ApiEasel, startApiEasel } from '../../support/http-api/api-easel.ts';
import { errorOf } from '../../support/http-api/read-answers.ts';
import { createPaintingEngine } from '../../support/web/painting-engine.ts';

const painting = createPaintingEngine();
const sketching = { ...painting, description: { ...painting.description, id: 'sketching', seed: false } };
const broken = {
  description: { ...painting.description, id: 'broken' },
  render: () => Promise.reject(new AppError('ENGINE_FAILED', { engine: 'broken' })),
};
const prompt = 'a red bird';

let easel: ApiEasel;
let key: string;
beforeAll(async () => {
  easel = await startApiEasel({ others: [sketching, broken], fallback: ['sketching'] });
  key = await easel.newKey();
});
afterAll(() => easel.stop());

describe('the model of a request', () => {
  it('is one of those that are listed, the first where none is named', async () => {
    const client = easel.client(key);
    expect((await client.models.list()).data.map(({ id }) => id)).toEqual(['painting', 'sketching', 'broken']);
    expect(await client.images.generate({ prompt })).toMatchObject({ model: 'painting', warnings: [] });
    const sketch = await client.images.generate({ prompt, model: 'sketching', ...{ seed: 3 } });
    expect(sketch).toMatchObject({ model: 'sketching', warnings: ['seed: makes no difference here.'] });
  });

  it('is not hidden when another one had to make the picture', async () => {
    expect(await easel.client(key).images.generate({ prompt, model: 'broken' })).toMatchObject({
      model: 'sketching',
      warnings: ['Made by sketching, because broken could not.'],
    });
  });

  it('that fails where there is no other one is named', async () => {
    const alone = await startApiEasel({ others: [broken] });
    const client = alone.client(await alone.newKey());
    expect(await errorOf(client.images.generate({ prompt, model: 'broken' }))).toMatchObject({
      status: 502,
      code: 'engine_failed',
      message: expect.stringMatching(/broken sent no picture \(#[0-9a-f]{4}\)\. It may have charged for it\./),
    });
    await alone.stop();
  });
});
