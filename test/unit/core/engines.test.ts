import { describe, expect, it } from 'vitest';
import { resultOf } from '../../../core/cards.ts';
import { engineOf, nextEngine } from '../../../core/engine-choice.ts';
import { AppError } from '../../../core/errors.ts';
import { createRenderHandler } from '../../../core/job-handlers.ts';
import { costOf, formatCost, sumOf } from '../../../core/money.ts';
import { aConversation, aMessage, aTurn } from '../../support/builders/conversation.ts';
import { createEaselInMemory, englishTexts } from '../../support/easel-in-memory.ts';
import { createMemoryEngine } from '../../support/fakes/engine.ts';

const PRICE = { currency: 'USD', perImage: 0.05, perInput: 0.01 };

/** An Easel with the engine `memory` and another one, `second`, which takes two images. */
async function withTwoEngines(engines: Parameters<typeof createEaselInMemory>[0] = {}) {
  const others = [{ id: 'second', maxImages: 2, price: PRICE }];
  const easel = createEaselInMemory({
    settings: { engines: { others, fallback: ['second'], ofPlace: { 'memory:guild-2': 'second' } } },
    ...engines,
  });
  const second = createMemoryEngine();
  const engine = { ...second, description: { ...second.description, id: 'second', model: 'second 1' } };
  await easel.serve();
  await easel.jobs.work('render-second', createRenderHandler({ ...easel, engine }));
  return { easel, second };
}

describe('another engine', () => {
  it('makes the picture when the first one fails, and the result says so and what it cost', async () => {
    const { easel } = await withTwoEngines();
    easel.engine.failNext(new AppError('ENGINE_FAILED', { engine: 'memory' }));
    const { id } = await easel.open();
    const turn = await easel.say(id, 'draw a cat');
    expect(turn).toMatchObject({
      status: 'done',
      renders: [
        { engine: 'memory', status: 'failed', error: { code: 'ENGINE_FAILED' } },
        { engine: 'second', status: 'ready', failedOn: ['memory'], cost: { micros: 50_000, currency: 'USD' } },
      ],
    });
    const [image] = (await easel.manager.get(id)).images;
    if (image?.status !== 'ready') throw new Error('there is no result');
    expect(image).toMatchObject({ number: 1, lineage: { engine: 'second', model: 'second 1', failedOn: ['memory'] } });
    expect(resultOf(turn, image, englishTexts).text).toMatch(
      /image 1 · .* · about \$0\.05 · Made by second, because memory could not\.$/,
    );
  });

  it('is tried only after the first one was asked as often as its failure allows', async () => {
    const { easel } = await withTwoEngines();
    easel.engine.failNext(...[1, 2].map(() => new AppError('ENGINE_UNAVAILABLE', {})));
    const { id } = await easel.open();
    expect((await easel.say(id, 'draw a cat')).renders).toMatchObject([{ engine: 'memory', status: 'ready', runs: 3 }]);
  });

  it.each(['PROMPT_BLOCKED', 'RESULT_BLOCKED'] as const)('does not get around %s', async (code) => {
    const { easel, second } = await withTwoEngines();
    easel.engine.failNext(new AppError(code, {}));
    const { id } = await easel.open();
    expect(await easel.say(id, 'draw a cat')).toMatchObject({ status: 'failed', error: { code } });
    expect(second.requests).toEqual([]);
  });

  it('is left out where it takes fewer images: none is dropped', async () => {
    const { easel, second } = await withTwoEngines();
    easel.engine.failNext(new AppError('ENGINE_QUOTA', { engine: 'memory' }));
    const { id } = await easel.open();
    const images = [await easel.image('a'), await easel.image('b'), await easel.image('c')];
    const turn = await easel.say(id, 'put image 2 and image 3 on image 1', { images });
    expect(turn).toMatchObject({ status: 'failed', error: { code: 'ENGINE_QUOTA' } });
    expect(second.requests).toEqual([]);
  });

  it('fails in the end with what the last one said', async () => {
    const { easel, second } = await withTwoEngines();
    easel.engine.failNext(new AppError('ENGINE_FAILED', { engine: 'memory' }));
    second.failNext(new AppError('ENGINE_QUOTA', { engine: 'second' }));
    const { id } = await easel.open();
    const turn = await easel.say(id, 'draw a cat');
    expect(turn).toMatchObject({ status: 'failed', error: { code: 'ENGINE_QUOTA', values: { engine: 'second' } } });
    expect(turn.renders).toHaveLength(2);
  });
});

describe('the choice of an engine', () => {
  it('is the message’s, and "again" keeps it', async () => {
    const { easel, second } = await withTwoEngines();
    const { id } = await easel.open();
    await easel.say(id, 'draw a cat', { engine: 'second' });
    expect(await easel.say(id, 'again')).toMatchObject({ renders: [{ engine: 'second' }] });
    expect([second.requests.length, easel.engine.requests.length]).toEqual([2, 0]);
  });

  it('is named at the end of the request; the rest is what is read, and people see what they wrote', async () => {
    const { easel, second } = await withTwoEngines();
    const { id } = await easel.open();
    const turn = await easel.say(id, 'Draw a cat with second');
    expect(turn).toMatchObject({ text: 'Draw a cat with second', renders: [{ engine: 'second' }] });
    expect(second.requests[0]?.prompt).toBe('A cat');
    expect((await easel.say(id, 'draw a cat with third')).interpretation?.instruction).toBe('draw a cat with third');
  });

  it('alone means the last request once more, where there is one', async () => {
    const { easel, second } = await withTwoEngines();
    const { id } = await easel.open();
    expect((await easel.say(id, 'with second')).reply?.key).toBe('reply.nothing-to-repeat');
    await easel.say(id, 'draw a cat');
    expect(await easel.say(id, 'make it with second')).toMatchObject({
      kind: 'again',
      renders: [{ engine: 'second' }],
    });
    expect(second.requests[0]?.prompt).toBe(easel.engine.requests[0]?.prompt);
    const images = [await easel.image('a')];
    await expect(easel.manager.receive(id, aMessage('with second', { images }))).rejects.toMatchObject({
      code: 'TEXT_EMPTY',
    });
  });

  it('beside the text wins over its words, and the text of a program is no such words', async () => {
    const { easel } = await withTwoEngines();
    const { id } = await easel.open();
    const chosen = await easel.say(id, 'draw a cat with second', { engine: 'memory' });
    expect(chosen).toMatchObject({
      renders: [{ engine: 'memory' }],
      interpretation: { instruction: 'draw a cat with second' },
    });
    const wished = await easel.say(id, 'draw a cat with second', { wishes: { count: 1 } });
    expect(wished).toMatchObject({ renders: [{ engine: 'memory' }] });
  });

  it('is kept by a correction in words: "use image 2 as base with second"', async () => {
    const { easel } = await withTwoEngines();
    const { id } = await easel.open();
    const images = [await easel.image('a'), await easel.image('b')];
    const turn = await easel.say(id, 'make image 1 like image 2', { images });
    await easel.say(id, 'use image 2 as base with second');
    expect(await easel.turn(turn.id)).toMatchObject({
      engine: 'second',
      interpretation: { base: 2 },
      renders: [{ engine: 'memory' }, { engine: 'second' }],
    });
  });

  it('is corrected with one tap: the same reading, another engine, its price', async () => {
    const { easel, second } = await withTwoEngines();
    const { id } = await easel.open();
    const turn = await easel.say(id, 'draw a cat');
    await easel.manager.correct(turn.id, { engine: 'second' }, { eventId: 'press' });
    await easel.manager.correct(turn.id, { engine: 'second' }, { eventId: 'press' });
    await easel.jobs.idle();
    const corrected = await easel.turn(turn.id);
    expect(corrected.interpretation).toEqual(turn.interpretation);
    expect(corrected.renders).toMatchObject([{ engine: 'memory' }, { engine: 'second', cost: { micros: 50_000 } }]);
    expect(second.requests).toHaveLength(1);
    expect((await easel.say(id, 'again')).renders).toMatchObject([{ engine: 'second' }]);
  });

  it('cannot be corrected to one that is not there, that takes too few images, or for an answer without a picture', async () => {
    const { easel } = await withTwoEngines();
    const { id } = await easel.open();
    const images = [await easel.image('a'), await easel.image('b'), await easel.image('c')];
    const turn = await easel.say(id, 'put image 2 and image 3 on image 1', { images });
    await expect(easel.manager.correct(turn.id, { engine: 'third' })).rejects.toMatchObject({ code: 'ENGINE_UNKNOWN' });
    await expect(easel.manager.correct(turn.id, { engine: 'second' })).rejects.toMatchObject({
      code: 'TOO_MANY_IMAGES',
    });
    const chat = await easel.say(id, 'hello');
    await expect(easel.manager.correct(chat.id, { engine: 'second' })).rejects.toMatchObject({
      code: 'NOTHING_TO_REPEAT',
    });
  });

  it('is in the help', async () => {
    const { easel } = await withTwoEngines();
    const { id } = await easel.open();
    const { reply } = await easel.say(id, 'help');
    expect(englishTexts.sayStored(reply ?? { key: '', values: {} })).toContain(
      'Pictures are made by: memory, second. End a request with “with second” to choose.',
    );
  });

  it('is refused with the engines that there are, and leaves no trace', async () => {
    const { easel } = await withTwoEngines();
    const { id } = await easel.open();
    const refused = easel.manager.receive(id, aMessage('draw a cat', { engine: 'third' }));
    await expect(refused).rejects.toMatchObject({
      code: 'ENGINE_UNKNOWN',
      values: { engine: 'third', engines: 'memory, second' },
    });
    expect((await easel.manager.get(id)).turns).toEqual([]);
  });

  it('counts the images that the chosen engine takes', async () => {
    const { easel } = await withTwoEngines();
    const { id } = await easel.open();
    const images = [await easel.image('a'), await easel.image('b'), await easel.image('c')];
    const turn = await easel.say(id, 'put image 2 and image 3 on image 1', { images, engine: 'second' });
    expect(turn).toMatchObject({
      status: 'failed',
      error: { code: 'TOO_MANY_IMAGES', values: { limit: 2, count: 3 } },
    });
  });

  const settings = {
    engine: { id: 'a', maxImages: 4 },
    engines: {
      others: ['b', 'c', 'd'].map((id) => ({ id, maxImages: 4 })),
      ofPlace: { discord: 'b', 'discord:1': 'c', 'discord:1/2': 'd', 'slack:T:C': 'd', web: 'gone' },
    },
  };
  it.each([
    ['discord', '9/8/7', 'b'],
    ['discord', '1/3', 'c'],
    ['discord', '1/2/5', 'd'],
    ['discord', '12/2', 'b'],
    ['slack', 'T:C:1.2', 'd'],
    ['slack', 'T:X', 'a'],
    ['web', '', 'a'],
  ])('is the default of the most exact place: %s %s -> %s', (platform, place, id) => {
    expect(engineOf(aConversation({ platform, place }), aTurn(), settings).id).toBe(id);
  });

  it('falls back in order, past the ones that were tried', () => {
    const order = { ...settings, engines: { ...settings.engines, fallback: ['c', 'a', 'gone', 'd'] } };
    expect(nextEngine(['a'], 1, order)?.id).toBe('c');
    expect(nextEngine(['a', 'c'], 1, order)?.id).toBe('d');
    expect(nextEngine(['a', 'c', 'd'], 1, order)).toBeUndefined();
  });
});

describe('costs', () => {
  it('add up exactly and are shown with as many digits as they need', () => {
    expect(costOf(PRICE, 2)).toEqual({ micros: 70_000, currency: 'USD' });
    expect(costOf(undefined, 2)).toBeUndefined();
    expect(costOf({ ...PRICE, perImage: 0, perInput: 0 }, 3)).toBeUndefined();
    const tenths = Array.from({ length: 3 }, () => ({ micros: 100_000, currency: 'USD' }));
    expect(sumOf(tenths)).toEqual({ micros: 300_000, currency: 'USD' });
    expect(formatCost({ micros: 53_000, currency: 'USD' }, 'en')).toBe('$0.053');
    expect(formatCost({ micros: 1_500_000, currency: 'EUR' }, 'de')).toMatch(/1,50\s€/);
  });

  it('are on the card while the pictures are made', async () => {
    const { easel } = await withTwoEngines();
    const { id } = await easel.open(true);
    await easel.say(id, 'draw a cat', { engine: 'second' });
    const cards = easel.platform.posts.flatMap((post) => JSON.stringify(post));
    expect(cards.join('\n')).toContain('about $0.05');
  });
});
