import { afterEach, describe, expect, it } from 'vitest';
import { createGate } from '../../support/web/gate.ts';
import { createPaintingEngine } from '../../support/web/painting-engine.ts';
import { drawPicture } from '../../support/web/pictures.ts';
import { createWebClient } from '../../support/web/web-client.ts';
import { startWebEasel, type WebEasel, type WebEaselOptions } from '../../support/web/web-easel.ts';

let easel: WebEasel | undefined;

async function start(options: WebEaselOptions = {}) {
  easel = await startWebEasel(options);
  const client = createWebClient(easel.url);
  const id = await client.createConversation();
  const bag = await drawPicture({ shape: 'bag', color: '#c8553d', background: '#f3e9dc' });
  return { easel, client, id, bag };
}

afterEach(() => easel?.stop());

describe('the event stream', () => {
  it('tells images, the turn in its states, steps and a preview, each with the object as it is', async () => {
    const gate = createGate();
    const { client, id, bag } = await start({ engine: createPaintingEngine({ beforeStep: () => gate.pass() }) });
    const stream = await client.watch(id);
    const { turnId } = await client.send(id, { text: 'make it red', images: [bag] });
    await gate.reached();
    const begun = await stream.until(({ event, data }) => event === 'turn' && data['status'] === 'rendering');
    expect(begun.find(({ event }) => event === 'image')?.data).toMatchObject({
      number: 1,
      kind: 'input',
      status: 'ready',
    });
    gate.letOne();
    const stepped = await stream.until(({ event, data }) => event === 'progress' && data['step'] === 1);
    expect(stepped.at(-1)?.data).toEqual({ turnId, step: 1, steps: 4 });
    gate.open();
    const rest = await stream.until(({ event, data }) => event === 'turn' && data['status'] === 'done');
    expect(rest.find(({ event }) => event === 'preview')?.data).toMatchObject({
      turnId,
      dataUrl: expect.stringMatching(/^data:image\/jpeg;base64,/),
    });
    expect(rest.find(({ event }) => event === 'image')?.data).toMatchObject({
      number: 2,
      kind: 'result',
      isCurrent: true,
    });
    expect(rest.at(-1)?.data).toMatchObject({ id: turnId, resultNumbers: [2] });
    stream.close();
  });

  it('tells the place in the queue, and when it changes', async () => {
    const gate = createGate();
    const {
      client,
      easel: running,
      bag,
    } = await start({
      engine: createPaintingEngine({ steps: 1, beforeStep: () => gate.pass() }),
      server: { times: { pollMs: 20, heartbeatMs: 60_000 } },
    });
    const ids = await Promise.all([1, 2, 3].map(() => client.createConversation()));
    const turns: string[] = [];
    for (const id of ids) {
      turns.push((await client.send(id, { text: 'make it red', images: [bag] })).turnId);
      await gate.reached();
    }
    const [, , last = ''] = ids;
    await expect.poll(async () => (await client.read(last)).turns[0]?.queuePosition).toBe(2);
    const stream = await client.watch(last);
    await stream.until(({ event, data }) => event === 'progress' && data['queuePosition'] === 2);
    gate.letOne();
    await stream.until(({ event, data }) => event === 'progress' && data['queuePosition'] === 1);
    gate.open();
    await stream.until(({ event, data }) => event === 'turn' && data['id'] === turns[2] && data['status'] === 'done');
    stream.close();
    await running.jobs.idle();
  });

  it('tells a reader that comes back everything it missed, and nothing if it missed nothing', async () => {
    const { client, id, bag } = await start();
    const { turnId } = await client.send(id, { text: 'make it red', images: [bag] });
    const view = await client.ended(id, turnId);

    const fresh = await client.watch(id);
    const all = await fresh.until(({ event }) => event === 'turn');
    expect(all.map(({ event }) => event)).toEqual(['image', 'image', 'turn']);
    expect(all.at(-1)?.id).toBe(String(view.revision));
    fresh.close();

    const returning = await client.watch(id, { 'Last-Event-ID': String(view.revision) });
    expect((await returning.until(() => true)).map(({ event }) => event)).toEqual(['heartbeat']);
    returning.close();

    const late = await client.watch(id, { 'Last-Event-ID': '1' });
    expect(await late.until(({ event }) => event === 'turn')).toHaveLength(3);
    late.close();
  });

  it('says by a heartbeat that it is alive, and finds by itself what nobody announced', async () => {
    const { client, easel: running, id } = await start({ server: { times: { pollMs: 5, heartbeatMs: 10 } } });
    const stream = await client.watch(id);
    await stream.until(({ event }) => event === 'heartbeat');
    await stream.until(({ event }) => event === 'heartbeat');
    const document = await running.documents.get((await running.deps.manager.get(id as never)).id);
    if (document === undefined) throw new Error('The conversation is gone');
    await running.documents.compareAndSet({
      ...document,
      revision: document.revision + 1,
      images: [
        {
          number: 1,
          turnId: document.id as never,
          status: 'failed',
          kind: 'input',
          origin: 'attachment',
          altText: '',
          reason: { code: 'DOWNLOAD_FAILED', values: { number: 1 } },
        },
      ],
    });
    await stream.until(({ event, data }) => event === 'image' && data['number'] === 1);
    stream.close();
  });

  it('sends the right headers, and ends when the server stops', async () => {
    const { client, easel: running, id } = await start();
    const stream = await client.watch(id);
    expect(stream.response.headers.get('content-type')).toContain('text/event-stream');
    expect(stream.response.headers.get('cache-control')).toBe('no-store');
    const ending = stream.until(() => false);
    ending.catch(() => undefined);
    await running.restart();
    await expect(ending).rejects.toThrow('ended');
    // The same address serves the same conversation afterwards.
    expect((await client.read(id)).id).toBe(id);
  });

  it('is not found for an unknown conversation', async () => {
    const { client } = await start();
    const stream = await client.watch('0'.repeat(32));
    expect(stream.response.status).toBe(404);
  });

  it('Cancel stops a picture that is being made, and the conversation goes on', async () => {
    const gate = createGate();
    const { client, id, bag } = await start({ engine: createPaintingEngine({ beforeStep: () => gate.pass() }) });
    const { turnId } = await client.send(id, { text: 'make it red', images: [bag] });
    await gate.reached();
    const response = await client.press(turnId, 'cancel');
    expect(await response.json()).toMatchObject({ status: 'cancelled' });
    gate.open();
    const next = await client.send(id, { text: 'make image 1 blue' });
    const view = await client.ended(id, next.turnId);
    expect(view.turns.map(({ status }) => status)).toEqual(['cancelled', 'done']);
    expect(view.images.map(({ number }) => number)).toEqual([1, 2]);
  });
});
