import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { enginesViewSchema } from '../../../bots/web/protocol.ts';
import { createCrayon } from '../../support/chat/priced-engines.ts';
import { drawPicture } from '../../support/web/pictures.ts';
import { createWebClient } from '../../support/web/web-client.ts';
import { startWebEasel, type WebEasel } from '../../support/web/web-easel.ts';

let easel: WebEasel;
let client: ReturnType<typeof createWebClient>;
let bag: Uint8Array;

beforeAll(async () => {
  easel = await startWebEasel({ others: [createCrayon()] });
  client = createWebClient(easel.url);
  bag = await drawPicture({ shape: 'bag', color: '#c8553d', background: '#f3e9dc' });
});
afterAll(() => easel.stop());

async function ask(message: Parameters<typeof client.send>[1]) {
  const id = await client.createConversation();
  const { turnId } = await client.send(id, message);
  return { id, turnId, view: await client.ended(id, turnId) };
}

describe('the engines of the web chat', () => {
  it('are listed with what they take and cost, the default one first', async () => {
    const response = await fetch(`${easel.url}/api/engines`);
    expect(enginesViewSchema.parse(await response.json())).toEqual({
      engines: [
        { id: 'painting', model: 'painting 1', maxImages: 5, isDefault: true },
        {
          id: 'crayon',
          model: 'crayon 1',
          maxImages: 5,
          price: { currency: 'USD', perImage: 0.04, perInput: 0.01 },
          isDefault: false,
        },
      ],
    });
  });

  it('are chosen for a message, and said with the picture and its price', async () => {
    const { view } = await ask({ text: 'make it red', images: [bag], engine: 'crayon' });
    expect(view.turns[0]).toMatchObject({ engine: 'crayon', status: 'done' });
    expect(view.images[1]).toMatchObject({ lineage: { engine: 'crayon' }, remarks: ['about $0.05'] });
  });

  it('are chosen by the words of a message, which are shown and not read', async () => {
    const { view } = await ask({ text: 'make it red with crayon', images: [bag] });
    expect(view.turns[0]).toMatchObject({
      text: 'make it red with crayon',
      engine: 'crayon',
      interpretation: { instruction: 'make image 1 red' },
    });
  });

  it('are corrected at a turn, which is made once more and says what that costs', async () => {
    const { id, turnId, view } = await ask({ text: 'make it red', images: [bag] });
    expect(view.turns[0]).toMatchObject({ engine: 'painting', resultNumbers: [2] });
    const response = await client.press(turnId, 'correct', { engine: 'crayon' });
    expect(await response.json()).toMatchObject({ engine: 'crayon', cost: 'Costs about $0.05 · crayon' });
    const after = await client.ended(id, turnId);
    expect(after.turns[0]?.resultNumbers).toEqual([2, 3]);
    expect(after.images[2]).toMatchObject({ lineage: { engine: 'crayon', instruction: 'make image 1 red' } });
  });

  it.each([
    [{ engine: 'magic' }, 400, 'ENGINE_UNKNOWN'],
    [{ engine: '../x' }, 400, 'REQUEST_INVALID'],
  ])('cannot be corrected to %o', async (correction, status, code) => {
    const { turnId } = await ask({ text: 'make it red', images: [bag] });
    const response = await client.press(turnId, 'correct', correction);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ code });
  });
});
