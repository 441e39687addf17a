import { describe, expect, it } from 'vitest';
import { AppError } from '../../../core/errors.ts';
import { newTurnId, renderJobId } from '../../../core/ids.ts';
import { createRenderHandler } from '../../../core/job-handlers.ts';
import { type BudgetRules, createSpending, type Expense } from '../../../core/spending.ts';
import { createEaselInMemory } from '../../support/easel-in-memory.ts';
import { createManualClock } from '../../support/fakes/clock.ts';
import { createMemoryEngine } from '../../support/fakes/engine.ts';
import { createMemoryEphemeral } from '../../support/fakes/ephemeral.ts';

const DAY_MS = 86_400_000;
const RULES: BudgetRules = {
  currency: 'USD',
  person: { amount: 0.1, per: 'day' },
  place: { amount: 0.25, per: 'month' },
};

function expense(changes: Partial<Expense> = {}): Expense {
  return {
    renderId: renderJobId(newTurnId(), 1),
    engine: 'paid',
    cost: { micros: 50_000, currency: 'USD' },
    place: 'discord:1/2/3',
    person: 'discord:ana',
    ...changes,
  };
}

/** 2023-11-14, 22:13 UTC. */
function spendingOf(rules: BudgetRules = RULES) {
  const clock = createManualClock();
  const ephemeral = createMemoryEphemeral(clock);
  return { clock, ephemeral, spending: createSpending({ ephemeral, clock }, rules) };
}

const often = { once: false };

describe('spending', () => {
  it('refuses a person whose budget is spent, says when it begins anew, and begins anew then', async () => {
    const { spending, clock } = spendingOf();
    await spending.reserve(expense(), often);
    await spending.reserve(expense(), often);
    await expect(spending.reserve(expense(), often)).rejects.toMatchObject({
      code: 'PERSON_BUDGET_SPENT',
      values: { limit: '$0.10', until: '2023-11-15' },
    });
    await spending.reserve(expense({ person: 'discord:ben' }), often);
    clock.advance(DAY_MS);
    await spending.reserve(expense(), often);
  });

  it('counts a server in all its channels together, and what was refused not at all', async () => {
    const { spending } = spendingOf();
    for (const person of ['a', 'b', 'c', 'd', 'e']) {
      await spending.reserve(expense({ person, place: `discord:1/${person}` }), often);
    }
    const refused = { code: 'PLACE_BUDGET_SPENT', values: { limit: '$0.25', until: '2023-12-01' } };
    await expect(spending.reserve(expense({ person: 'f' }), often)).rejects.toMatchObject(refused);
    await spending.reserve(expense({ person: 'f', place: 'discord:2/9' }), often);
    await spending.reserve(expense({ person: 'f', place: 'slack:T:C' }), often);
    await expect(spending.reserve(expense({ person: 'f' }), often)).rejects.toMatchObject({
      code: 'PERSON_BUDGET_SPENT',
    });
  });

  it('lets only as many through at once as the budget holds', async () => {
    const { spending } = spendingOf();
    const all = await Promise.allSettled([1, 2, 3, 4].map(() => spending.reserve(expense(), often)));
    expect(all.filter(({ status }) => status === 'fulfilled').length).toBeLessThanOrEqual(2);
    expect(all.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThan(0);
  });

  it('gives back what was not spent, and lasts as long as its counters', async () => {
    const { spending, clock, ephemeral } = spendingOf();
    await spending.reserve(expense(), often);
    await spending.release(expense(), often);
    await spending.reserve(expense(), often);
    await spending.reserve(expense(), often);
    const afterRestart = createSpending({ ephemeral, clock }, RULES);
    await expect(afterRestart.reserve(expense(), often)).rejects.toMatchObject({ code: 'PERSON_BUDGET_SPENT' });
  });

  it('counts neither what costs nothing nor another currency, and nothing without a budget', async () => {
    const { spending } = spendingOf();
    const { cost: _none, ...free } = expense();
    for (let n = 0; n < 20; n += 1) await spending.reserve(free, often);
    const euros = expense({ cost: { micros: 900_000, currency: 'EUR' } });
    for (let n = 0; n < 20; n += 1) await spending.reserve(euros, often);
    const unlimited = spendingOf({ currency: 'USD' }).spending;
    for (let n = 0; n < 20; n += 1) await unlimited.reserve(expense(), often);
  });

  it('lets an engine that cannot be stopped be asked once for a render, unless it certainly did nothing', async () => {
    const { spending } = spendingOf({ currency: 'USD' });
    const one = expense();
    await spending.reserve(one, { once: true });
    await expect(spending.reserve(one, { once: true })).rejects.toMatchObject({ code: 'ENGINE_FAILED' });
    await spending.release(one, { once: true });
    await spending.reserve(one, { once: true });
  });
});

/** An Easel whose engine is somebody's server: it cannot be stopped, and each picture costs. */
async function withPaidEngine(rules?: BudgetRules) {
  const memory = createMemoryEngine();
  const engine = { ...memory, description: { ...memory.description, cancel: false } };
  const price = { currency: 'USD', perImage: 0.05, perInput: 0 };
  const easel = createEaselInMemory({ engine, settings: { engine: { id: 'memory', maxImages: 4, price } } });
  const spending = createSpending(easel, rules);
  const handler = createRenderHandler({ ...easel, engine, spending });
  await easel.serve(['interpret', 'deliver']);
  return { easel, engine: memory, handler };
}

describe('the render handler', () => {
  it('ends a turn kindly when the budget is spent, without asking the engine', async () => {
    const { easel, engine, handler } = await withPaidEngine(RULES);
    await easel.jobs.work('render-memory', handler);
    const { id } = await easel.open();
    for (const _ of [1, 2]) await easel.say(id, 'draw a cat', { authorId: 'ana' });
    const turn = await easel.say(id, 'draw a cat', { authorId: 'ana' });
    expect(turn).toMatchObject({ status: 'failed', error: { code: 'PERSON_BUDGET_SPENT' } });
    expect(engine.requests).toHaveLength(2);
  });

  it('counts a picture on whoever presses for it, not on who asked first', async () => {
    const { easel, engine, handler } = await withPaidEngine(RULES);
    await easel.jobs.work('render-memory', handler);
    const { id } = await easel.open();
    const first = await easel.say(id, 'draw a cat', { authorId: 'ana' });
    await easel.say(id, 'draw a dog', { authorId: 'ana' });
    await easel.manager.retry(first.id, { eventId: 'press', authorId: 'ben' });
    await easel.jobs.idle();
    expect(await easel.turn(first.id)).toMatchObject({ status: 'done', renders: [{}, { authorId: 'ben' }] });
    expect(engine.requests).toHaveLength(3);
    await easel.manager.retry(first.id, { eventId: 'another', authorId: 'ana' });
    await easel.jobs.idle();
    expect(await easel.turn(first.id)).toMatchObject({ status: 'failed', error: { code: 'PERSON_BUDGET_SPENT' } });
  });

  it('gives the money back when the server could not be reached, and tries again', async () => {
    const { easel, engine, handler } = await withPaidEngine(RULES);
    await easel.jobs.work('render-memory', handler);
    const { id } = await easel.open();
    engine.failNext(new AppError('ENGINE_UNAVAILABLE', {}), new AppError('ENGINE_BUSY', { engine: 'memory' }));
    expect(await easel.say(id, 'draw a cat', { authorId: 'ana' })).toMatchObject({ status: 'done' });
    expect(await easel.say(id, 'draw a cat', { authorId: 'ana' })).toMatchObject({ status: 'done' });
  });

  it('does not ask again after its worker died in the middle: that may be charged twice', async () => {
    const { easel, engine, handler } = await withPaidEngine();
    const { id } = await easel.open();
    const { renders } = await easel.say(id, 'draw a cat');
    const [render] = renders;
    if (render === undefined) throw new Error('there is no render');
    // What a worker that died left behind.
    const request = { renderId: render.id, engine: 'memory', place: 'memory' };
    await createSpending(easel, undefined).reserve(request, { once: true });
    await easel.jobs.work('render-memory', handler);
    await easel.jobs.idle();
    const [turn] = (await easel.manager.get(id)).turns;
    expect(turn).toMatchObject({ status: 'failed', error: { code: 'ENGINE_FAILED' } });
    expect(engine.requests).toEqual([]);
  });
});
