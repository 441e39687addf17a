import { describe, expect, it } from 'vitest';
import { aMessage } from '../../support/builders/conversation.ts';
import { createEaselInMemory, easelWithResult } from '../../support/easel-in-memory.ts';

describe('correcting a reading', () => {
  it('renders again with base and reference exchanged on "swap"', async () => {
    const { easel, id, turn } = await easelWithResult();
    expect((await easel.say(id, 'swap')).reply).toEqual({ key: 'reply.swapped', values: { base: 2 } });
    expect(await easel.turn(turn.id)).toMatchObject({
      status: 'done',
      interpretation: { base: 2, references: [1] },
      renders: [{ resultNumber: 3 }, { resultNumber: 4 }],
    });
    expect(easel.engine.requests[1]?.prompt).toBe('Give the bag in image 2 the pattern of the dress in image 1');
    expect((await easel.say(id, 'swap 2 and 1')).reply).toEqual({ key: 'reply.swapped', values: { base: 1 } });
    expect((await easel.say(id, 'swap 2 and 3')).reply?.key).toBe('reply.nothing-to-swap');
  });

  it('changes the base on "use image 2 as base" and on "no, image 1"', async () => {
    const { easel, id, turn } = await easelWithResult();
    await easel.say(id, 'use image 2 as base');
    expect((await easel.turn(turn.id)).interpretation).toMatchObject({ base: 2, references: [1] });
    await easel.say(id, 'no, the first one');
    expect((await easel.turn(turn.id)).interpretation).toMatchObject({ base: 1, references: [2] });
    await expect(easel.manager.receive(id, aMessage('no, image 9'))).rejects.toMatchObject({ code: 'UNKNOWN_IMAGE' });
  });

  it('reads "no, image 1" as a request when there is nothing to correct', async () => {
    const easel = createEaselInMemory();
    await easel.serve();
    const { id } = await easel.open();
    await easel.say(id, 'hello');
    await expect(easel.manager.receive(id, aMessage('no, image 1'))).rejects.toMatchObject({ code: 'NO_IMAGE' });
  });

  it('switches between edit and generation', async () => {
    const { easel, turn } = await easelWithResult();
    await easel.manager.correct(turn.id, { mode: 'generate' });
    await easel.jobs.idle();
    expect(await easel.turn(turn.id)).toMatchObject({
      interpretation: { mode: 'generate', base: null, references: [1, 2] },
      status: 'done',
    });
    expect(easel.engine.requests[1]).toMatchObject({ mode: 'generate', adapter: 'generate' });
    await easel.manager.correct(turn.id, { mode: 'edit' });
    await easel.jobs.idle();
    expect((await easel.turn(turn.id)).interpretation).toMatchObject({ mode: 'edit', base: 1, references: [2] });
  });

  it('takes chosen references, once per button press', async () => {
    const { easel, turn } = await easelWithResult();
    await easel.manager.correct(turn.id, { base: 3, references: [1, 1, 3] }, { eventId: 'press' });
    await easel.manager.correct(turn.id, { base: 3, references: [1, 1, 3] }, { eventId: 'press' });
    await easel.jobs.idle();
    const corrected = await easel.turn(turn.id);
    expect(corrected.interpretation).toMatchObject({ base: 3, references: [1] });
    expect(corrected.renders).toHaveLength(2);
  });

  it('names an image that takes the place of another one', async () => {
    const { easel, id, turn } = await easelWithResult();
    const instruction = async () => (await easel.turn(turn.id)).interpretation?.instruction;
    await easel.say(id, 'make it red', { images: [await easel.image('hat')] });
    await easel.manager.correct(turn.id, { references: [4] });
    expect(await instruction()).toBe('Give the bag in image 1 the pattern of the dress in image 4');
    await easel.manager.correct(turn.id, { base: 3 });
    expect(await instruction()).toBe('Give the bag in image 3 the pattern of the dress in image 4');
    // One tap after the other: first without a reference, then with another one.
    await easel.manager.correct(turn.id, { references: [] });
    await easel.manager.correct(turn.id, { references: [2] });
    expect(await instruction()).toBe('Give the bag in image 3 the pattern of the dress in image 2');
    await easel.jobs.idle();
    expect(easel.engine.requests.at(-1)?.prompt).toBe('Give the bag in image 1 the pattern of the dress in image 2');
  });

  it('takes other references on "use image 1 as reference"', async () => {
    const { easel, id, turn } = await easelWithResult();
    await easel.manager.correct(turn.id, { base: 3, references: [2] });
    const said = await easel.say(id, 'use image 1 as reference');
    expect(said.reply).toEqual({ key: 'reply.references', values: { count: 1, references: '1' } });
    expect((await easel.turn(turn.id)).interpretation).toMatchObject({ base: 3, references: [1] });
  });

  it('replaces what is still being made', async () => {
    const easel = createEaselInMemory();
    await easel.serve(['interpret', 'deliver']);
    const { id } = await easel.open();
    const images = [await easel.image('a'), await easel.image('b')];
    const turn = await easel.say(id, 'make image 1 like image 2', { images });
    expect(turn.status).toBe('queued');
    const swapped = await easel.manager.correct(turn.id, { base: 2 });
    expect(swapped.renders.map(({ status }) => status)).toEqual(['cancelled', 'queued']);
    expect(easel.jobs.waiting()).toEqual([swapped.renders[1]?.id]);
  });

  it('refuses what cannot be rendered', async () => {
    const { easel, id, turn } = await easelWithResult();
    await expect(easel.manager.correct(turn.id, { base: 9 })).rejects.toMatchObject({ code: 'UNKNOWN_IMAGE' });
    await expect(easel.manager.correct(turn.id, { references: [2, 3, 1, 2, 7] })).rejects.toMatchObject({
      code: 'UNKNOWN_IMAGE',
    });
    for (const label of ['c', 'd']) await easel.say(id, 'make it red', { images: [await easel.image(label)] });
    await expect(easel.manager.correct(turn.id, { references: [2, 3, 4, 5] })).rejects.toMatchObject({
      code: 'TOO_MANY_IMAGES',
      values: { limit: 4, count: 5 },
    });
    const help = await easel.say(id, 'help');
    await expect(easel.manager.correct(help.id, { base: 1 })).rejects.toMatchObject({ code: 'NOTHING_TO_REPEAT' });
    await expect(easel.manager.undo(help.id)).rejects.toMatchObject({ code: 'NOTHING_TO_REPEAT' });
    await expect(easel.manager.retry(help.id)).rejects.toMatchObject({ code: 'NOTHING_TO_REPEAT' });
    const drawn = await easel.say(id, 'draw a cat');
    await easel.manager.undo(drawn.id);
    expect((await easel.manager.correct(drawn.id, { mode: 'edit' })).interpretation).toMatchObject({
      mode: 'edit',
      base: 7,
    });
  });
});

describe('a question', () => {
  async function asked() {
    const easel = createEaselInMemory();
    await easel.serve();
    const { id } = await easel.open(true);
    const images = [await easel.image('a'), await easel.image('b'), await easel.image('c')];
    const turn = await easel.say(id, 'make the bag red', { images });
    return { easel, id, turn };
  }

  it('waits for the person and is posted with a button for each image', async () => {
    const { easel, turn } = await asked();
    expect(turn).toMatchObject({ status: 'asked', reply: { values: { text: 'Which one should I change?' } } });
    const notice = easel.platform.posts.find((post) => post.kind === 'notice');
    expect(notice?.content).toMatchObject({
      text: 'Which one should I change?',
      actions: [{ argument: '1' }, { argument: '2' }, { argument: '3' }],
    });
    expect(await easel.documents.listUnfinished()).toEqual([]);
  });

  it('is answered by a bare number', async () => {
    const { easel, id, turn } = await asked();
    await easel.say(id, 'image 2');
    expect(await easel.turn(turn.id)).toMatchObject({
      status: 'done',
      interpretation: { mode: 'edit', base: 2 },
      renders: [{ status: 'ready', resultNumber: 4 }],
    });
  });

  it('is answered by a button', async () => {
    const { easel, turn } = await asked();
    await easel.manager.correct(turn.id, { base: 3 });
    await easel.jobs.idle();
    expect(await easel.turn(turn.id)).toMatchObject({ status: 'done', interpretation: { base: 3 } });
  });

  it('is dropped when the person asks for something else', async () => {
    const { easel, id, turn } = await asked();
    expect(await easel.say(id, 'make image 1 red')).toMatchObject({ status: 'done', interpretation: { base: 1 } });
    expect(await easel.turn(turn.id)).toMatchObject({ status: 'done', renders: [] });
  });

  it('can be cancelled and asked again', async () => {
    const { easel, id, turn } = await asked();
    expect((await easel.say(id, 'cancel')).reply?.key).toBe('reply.cancelled');
    expect((await easel.turn(turn.id)).status).toBe('cancelled');
    await easel.manager.retry(turn.id);
    await easel.jobs.idle();
    expect((await easel.turn(turn.id)).status).toBe('asked');
  });
});

describe('cancelling', () => {
  it('removes what waits, by button and by word', async () => {
    const easel = createEaselInMemory();
    const { id } = await easel.open();
    const first = await easel.say(id, 'make it red', { images: [await easel.image('a')] });
    const second = await easel.say(id, 'make it blue');
    expect(easel.jobs.waiting()).toEqual([`i-${first.id}`]);
    expect((await easel.say(id, 'stop')).reply?.key).toBe('reply.cancelled');
    expect((await easel.turn(second.id)).status).toBe('cancelled');
    expect(await easel.manager.cancel(first.id)).toMatchObject({ status: 'cancelled' });
    expect(easel.jobs.waiting()).toEqual([]);
    expect(await easel.manager.cancel(first.id)).toMatchObject({ status: 'cancelled' });
  });

  it('lets the next turn start', async () => {
    const easel = createEaselInMemory();
    const { id } = await easel.open();
    const first = await easel.say(id, 'make it red', { images: [await easel.image('a')] });
    const second = await easel.say(id, 'make it blue');
    await easel.manager.cancel(first.id);
    expect(easel.jobs.waiting()).toEqual([`i-${second.id}`]);
  });

  it('leaves other people’s turns alone', async () => {
    const easel = createEaselInMemory();
    const { id } = await easel.open();
    const ana = await easel.say(id, 'make it red', { authorId: 'ana', images: [await easel.image('a')] });
    expect((await easel.say(id, 'cancel', { authorId: 'ben' })).reply?.key).toBe('reply.nothing-to-cancel');
    expect((await easel.turn(ana.id)).status).toBe('received');
  });

  it('does not touch what is done', async () => {
    const { easel, id, turn } = await easelWithResult();
    const before = await easel.manager.get(id);
    await easel.manager.cancel(turn.id);
    expect(await easel.manager.get(id)).toEqual(before);
  });

  it('keeps the results that were made before', async () => {
    const { easel, turn, stop } = await easelWithResult();
    await stop();
    const retried = await easel.manager.retry(turn.id);
    expect(retried.status).toBe('queued');
    expect(await easel.manager.cancel(turn.id)).toMatchObject({
      status: 'done',
      renders: [{ status: 'ready' }, { status: 'cancelled' }],
    });
  });
});

describe('retrying', () => {
  it('makes another picture of the same reading', async () => {
    const { easel, id, turn } = await easelWithResult();
    await easel.manager.retry(turn.id);
    await easel.jobs.idle();
    const retried = await easel.turn(turn.id);
    expect(retried.renders.map(({ n, resultNumber }) => [n, resultNumber])).toEqual([
      [1, 3],
      [2, 4],
    ]);
    expect(retried.renders[0]?.seed).not.toBe(retried.renders[1]?.seed);
    expect((await easel.manager.get(id)).images.map(({ number }) => number)).toEqual([1, 2, 3, 4]);
  });

  it('does one thing for one press', async () => {
    const { easel, turn } = await easelWithResult();
    await Promise.all([1, 2, 3].map(() => easel.manager.retry(turn.id, { eventId: 'press-1' })));
    await easel.jobs.idle();
    await easel.manager.retry(turn.id, { eventId: 'press-1' });
    await easel.jobs.idle();
    expect((await easel.turn(turn.id)).renders).toHaveLength(2);
  });
});
