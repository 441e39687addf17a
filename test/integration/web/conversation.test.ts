import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drawPicture } from '../../support/web/pictures.ts';
import { createWebClient } from '../../support/web/web-client.ts';
import { startWebEasel, type WebEasel } from '../../support/web/web-easel.ts';

let easel: WebEasel;
let client: ReturnType<typeof createWebClient>;
let bag: Uint8Array;
let dress: Uint8Array;

beforeAll(async () => {
  easel = await startWebEasel();
  client = createWebClient(easel.url);
  bag = await drawPicture({ shape: 'bag', color: '#c8553d', background: '#f3e9dc' });
  dress = await drawPicture({ shape: 'dress', color: '#3d6fb4', background: '#e9eef4', pattern: 'stripes' });
});
afterAll(() => easel.stop());

describe('a conversation over HTTP', () => {
  it('numbers the images of a message, makes the picture and gives it the next number', async () => {
    const id = await client.createConversation();
    expect(id).toMatch(/^[0-9a-f]{32}$/);
    const { turnId, images } = await client.send(id, {
      text: 'Give the bag in image 1 the pattern of the dress in image 2',
      images: [bag, dress],
    });
    expect(images).toEqual([
      { number: 1, status: 'ready' },
      { number: 2, status: 'ready' },
    ]);
    const view = await client.ended(id, turnId);
    expect(view.turns).toHaveLength(1);
    expect(view.turns[0]).toMatchObject({
      status: 'done',
      resultNumbers: [3],
      attached: [1, 2],
      interpretation: { mode: 'edit', base: 1, references: [2] },
    });
    expect(view.images.map(({ number, kind, isCurrent }) => [number, kind, isCurrent])).toEqual([
      [1, 'input', false],
      [2, 'input', false],
      [3, 'result', true],
    ]);
    expect(view.images[2]?.lineage).toMatchObject({ base: 1, references: [2], parent: 1, adapter: 'edit', steps: 4 });
    expect(view.images[2]?.lineage).not.toHaveProperty('renderId');
  });

  it('serves pictures by their key with their type, to be kept for ever', async () => {
    const id = await client.createConversation();
    const { turnId } = await client.send(id, { text: 'make it red', images: [bag] });
    const { images } = await client.ended(id, turnId);
    for (const { url } of images) {
      const response = await fetch(`${easel.url}${url}`);
      expect(response.headers.get('content-type')).toBe('image/png');
      expect(response.headers.get('cache-control')).toContain('immutable');
      expect(
        Buffer.from(await response.arrayBuffer())
          .subarray(1, 4)
          .toString(),
      ).toBe('PNG');
    }
    expect((await fetch(`${easel.url}/api/images/${'0'.repeat(64)}`)).status).toBe(404);
    expect((await fetch(`${easel.url}/api/images/..%2f..%2fetc%2fpasswd`)).status).toBe(404);
  });

  it('answers the same message twice with the same turn', async () => {
    const id = await client.createConversation();
    const message = { text: 'make it red', images: [bag], messageId: 'm-1' };
    const first = await client.send(id, message);
    const second = await client.send(id, message);
    expect(second).toEqual(first);
    expect((await client.ended(id, first.turnId)).images).toHaveLength(2);
  });

  it('keeps the number of an image that the message only points at', async () => {
    const id = await client.createConversation();
    const first = await client.send(id, { text: 'make it red', images: [bag] });
    await client.ended(id, first.turnId);
    const second = await client.send(id, { text: 'put it on image 3', imageNumbers: [1], images: [dress] });
    expect(second.images.map(({ number }) => number)).toEqual([1, 3]);
  });

  it('takes the mode that was chosen before sending', async () => {
    const id = await client.createConversation();
    const { turnId } = await client.send(id, { text: 'the bag in image 1', images: [bag], mode: 'generate' });
    expect((await client.ended(id, turnId)).turns[0]?.interpretation?.mode).toBe('generate');
  });

  it('answers words at once', async () => {
    const id = await client.createConversation();
    const { turnId } = await client.send(id, { text: 'help' });
    const turn = (await client.read(id)).turns.find((each) => each.id === turnId);
    expect(turn).toMatchObject({ status: 'done', kind: 'word', reply: expect.stringContaining('undo') });
  });

  it('says that a refused request is not worth another try, unlike one that failed', async () => {
    const id = await client.createConversation();
    const { turnId } = await client.send(id, { text: 'a nude of my coworker' });
    const [refused] = (await client.ended(id, turnId)).turns;
    expect(refused).toMatchObject({ status: 'failed', error: { code: 'POLICY_REFUSED' }, canRetry: false });
    const next = await client.send(id, { text: 'out of memory please, make it blue', images: [bag] });
    const failed = (await client.ended(id, next.turnId)).turns[1];
    expect(failed).toMatchObject({ status: 'failed', error: { code: 'INFERENCE_OUT_OF_MEMORY' }, canRetry: true });
  });

  it('keeps a broken image at its number with the reason, beside good ones', async () => {
    const id = await client.createConversation();
    const { images } = await client.send(id, { text: 'make image 2 red', images: [new Uint8Array(50), bag] });
    expect(images).toEqual([
      { number: 1, status: 'failed' },
      { number: 2, status: 'ready' },
    ]);
    expect((await client.read(id)).images[0]).toMatchObject({
      url: null,
      reason: { code: 'IMAGE_UNREADABLE', message: expect.stringMatching(/^image 1 isn't a picture/) },
    });
  });

  it('is the same seen through another server on the same stores', async () => {
    const second = await easel.startSecond();
    const other = createWebClient(second.url);
    const id = await client.createConversation();
    const stream = await other.watch(id);
    const { turnId } = await client.send(id, { text: 'make it red', images: [bag] });
    await stream.until(({ event, data }) => event === 'turn' && data['id'] === turnId && data['status'] === 'done');
    expect(await other.read(id)).toEqual(await client.read(id));
    stream.close();
    await second.stop();
  });
});

describe('the buttons of a turn over HTTP', () => {
  async function makeOne(): Promise<{ readonly id: string; readonly turnId: string }> {
    const id = await client.createConversation();
    const { turnId } = await client.send(id, { text: 'make image 1 like image 2', images: [bag, dress] });
    await client.ended(id, turnId);
    return { id, turnId };
  }

  it('Retry makes another picture with another seed, once per press', async () => {
    const { id, turnId } = await makeOne();
    expect((await client.press(turnId, 'retry', { eventId: 'press-1' })).status).toBe(200);
    await client.press(turnId, 'retry', { eventId: 'press-1' });
    const { images } = await client.ended(id, turnId);
    const results = images.filter(({ kind }) => kind === 'result');
    expect(results.map(({ number }) => number)).toEqual([3, 4]);
    expect(results[0]?.lineage?.seed).not.toBe(results[1]?.lineage?.seed);
    expect(results[0]?.url).not.toBe(results[1]?.url);
  });

  it('Undo goes back to the base, and open streams hear of it', async () => {
    const { id, turnId } = await makeOne();
    const stream = await client.watch(id);
    await stream.until(({ event, data }) => event === 'turn' && data['id'] === turnId);
    expect((await client.press(turnId, 'undo')).status).toBe(200);
    const seen = await stream.until(({ event, data }) => event === 'image' && data['number'] === 3);
    expect(
      seen.filter(({ event }) => event === 'image').map(({ data }) => [data['number'], data['isCurrent']]),
    ).toEqual([
      [1, true],
      [3, false],
    ]);
    stream.close();
  });

  it('a correction of base and mode renders the corrected request', async () => {
    const { id, turnId } = await makeOne();
    await client.press(turnId, 'correct', { base: 2 });
    const swapped = await client.ended(id, turnId);
    expect(swapped.turns[0]?.interpretation).toMatchObject({ mode: 'edit', base: 2, references: [1] });
    expect(swapped.images[3]?.lineage).toMatchObject({ base: 2, references: [1] });
    expect(swapped.images[3]?.url).not.toBe(swapped.images[2]?.url);

    await client.press(turnId, 'correct', { mode: 'generate', references: [1] });
    const generated = await client.ended(id, turnId);
    expect(generated.images[4]?.lineage).toMatchObject({ mode: 'generate', base: null, references: [1] });
  });

  it.each([
    ['a mode that there is not', { mode: 'paint' }],
    ['an image number that is none', { base: 'first' }],
    ['no JSON', 'x{'],
  ])('refuse %s', async (_what, body) => {
    const { turnId } = await makeOne();
    const response = await fetch(`${easel.url}/api/turns/${turnId}/correct`, {
      method: 'POST',
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: 'REQUEST_INVALID' });
  });

  it('refuse a correction to an image that does not exist', async () => {
    const { turnId } = await makeOne();
    const response = await client.press(turnId, 'correct', { base: 9 });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: 'UNKNOWN_IMAGE' });
  });

  it.each(['cancel', 'retry', 'undo', 'correct'])('%s of an unknown turn is not found', async (button) => {
    for (const turnId of ['0'.repeat(32), 'nonsense']) {
      const response = await client.press(turnId, button);
      expect(response.status).toBe(404);
      expect(await response.json()).toMatchObject({ code: 'TURN_UNKNOWN' });
    }
  });
});
