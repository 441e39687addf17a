import { describe, expect, it } from 'vitest';
import { AppError } from '../../../core/errors.ts';
import { interpretJobId, renderJobId } from '../../../core/ids.ts';
import { createRuleInterpreter } from '../../../core/intent-rules.ts';
import type { JobRun } from '../../../core/ports.ts';
import { shouldRetry } from '../../../core/retry.ts';
import { aMessage, anInterpretation } from '../../support/builders/conversation.ts';
import { createEaselInMemory, englishTexts } from '../../support/easel-in-memory.ts';
import { createMemoryEngine } from '../../support/fakes/engine.ts';
import { createScriptedInterpreter } from '../../support/fakes/interpreter.ts';
import { createWordFilter } from '../../support/fakes/safety-filter.ts';

const unavailable = () => new AppError('ENGINE_UNAVAILABLE', {});

async function drawing(options: Parameters<typeof createEaselInMemory>[0] = {}) {
  const easel = createEaselInMemory(options);
  await easel.serve();
  const { id } = await easel.open(true);
  return { easel, turn: await easel.say(id, 'draw a cat') };
}

describe('the interpret handler', () => {
  it('lets the rules take over when the interpreter fails', async () => {
    const interpreter = createScriptedInterpreter(unavailable());
    const { easel, turn } = await drawing({ interpreter, fallback: createRuleInterpreter({ texts: englishTexts }) });
    expect(turn).toMatchObject({
      status: 'done',
      interpretation: { mode: 'generate', note: { key: 'note.by-rules' } },
    });
    expect(easel.logger.lines).toContainEqual(
      expect.objectContaining({ level: 'warn', fields: expect.objectContaining({ code: 'ENGINE_UNAVAILABLE' }) }),
    );
  });

  it('does not ask the rules when the request itself is wrong', async () => {
    const interpreter = createScriptedInterpreter(new AppError('UNKNOWN_IMAGE', { number: 9, count: 1 }));
    const { turn } = await drawing({ interpreter, fallback: createRuleInterpreter({ texts: englishTexts }) });
    expect(turn).toMatchObject({ status: 'failed', error: { code: 'UNKNOWN_IMAGE', values: { number: 9 } } });
  });

  it('tries again what may pass, and fails the turn when it does not', async () => {
    const passing = await drawing({
      interpreter: createScriptedInterpreter(unavailable(), anInterpretation({ mode: 'generate', base: null })),
    });
    expect(passing.turn).toMatchObject({ status: 'done', interpretRuns: 2 });
    const failing = await drawing({
      interpreter: createScriptedInterpreter(unavailable(), unavailable(), unavailable()),
    });
    expect(failing.turn).toMatchObject({ status: 'failed', error: { code: 'ENGINE_UNAVAILABLE' }, interpretRuns: 3 });
  });

  it('reads a failed request again on Retry and on "again"', async () => {
    const reading = anInterpretation({ mode: 'generate', base: null });
    const interpreter = createScriptedInterpreter(new Error('unforeseen'), new Error('unforeseen'), reading, reading);
    const { easel, turn } = await drawing({ interpreter });
    expect(turn).toMatchObject({ status: 'failed', error: { code: 'BUG' } });
    const { id } = await easel.manager.get(await easel.manager.conversationOf(turn.id));
    expect((await easel.say(id, 'again')).error?.code).toBe('BUG');
    expect(await easel.say(id, 'again')).toMatchObject({ status: 'done', repeats: turn.id });
    expect(interpreter.requests.map(({ text }) => text)).toEqual(['draw a cat', 'draw a cat', 'draw a cat']);
    await easel.manager.retry(turn.id);
    await easel.jobs.idle();
    expect(await easel.turn(turn.id)).toMatchObject({ status: 'done', renders: [{ status: 'ready' }] });
    expect((await easel.turn(turn.id)).error).toBeUndefined();
  });

  it('refuses a reading that names images which are not there or too many', async () => {
    const unknown = await drawing({ interpreter: createScriptedInterpreter(anInterpretation({ base: 4 })) });
    expect(unknown.turn).toMatchObject({
      status: 'failed',
      error: { code: 'UNKNOWN_IMAGE', values: { number: 4, count: 0 } },
    });
    const without = await drawing({ interpreter: createScriptedInterpreter(anInterpretation({ base: null })) });
    expect(without.turn).toMatchObject({ status: 'failed', error: { code: 'NO_IMAGE' } });
  });

  it('writes nothing that could not be read back', async () => {
    const { easel, turn } = await drawing({
      interpreter: createScriptedInterpreter(anInterpretation({ mode: 'generate', base: null, aspect: 'wide' })),
    });
    expect(turn).toMatchObject({ status: 'failed', error: { code: 'PAYLOAD_INVALID' } });
    expect(easel.logger.lines).toContainEqual(
      expect.objectContaining({ fields: expect.objectContaining({ where: 'turns.0.interpretation.aspect' }) }),
    );
    await expect(easel.manager.open({ platform: 'No Slug', cards: false })).rejects.toMatchObject({
      code: 'PAYLOAD_INVALID',
    });
  });

  it('gives up a turn that was begun too often without an end', async () => {
    const easel = createEaselInMemory({ settings: { maxRuns: 2 } });
    const { id } = await easel.open();
    const { turn } = await easel.manager.receive(id, aMessage('draw a cat'));
    const job = { conversationId: id, turnId: turn.id };
    expect(await easel.manager.startInterpretation(job)).toMatchObject({ text: 'draw a cat' });
    expect(await easel.manager.startInterpretation(job)).toBeDefined();
    expect(await easel.manager.startInterpretation(job)).toBeUndefined();
    expect(await easel.turn(turn.id)).toMatchObject({ status: 'failed', error: { code: 'INFERENCE_CHILD_DIED' } });
  });

  it('does nothing for a turn that is over or not next', async () => {
    const easel = createEaselInMemory();
    const { id } = await easel.open();
    const first = await easel.say(id, 'draw a cat');
    const second = await easel.say(id, 'draw a dog');
    expect(await easel.manager.startInterpretation({ conversationId: id, turnId: second.id })).toBeUndefined();
    await easel.manager.cancel(first.id);
    expect(await easel.manager.startInterpretation({ conversationId: id, turnId: first.id })).toBeUndefined();
    await easel.manager.recordInterpretation({ conversationId: id, turnId: first.id }, anInterpretation());
    await easel.manager.recordInterpretationFailure(
      { conversationId: id, turnId: first.id },
      { code: 'BUG', values: {} },
    );
    expect(await easel.turn(first.id)).toMatchObject({ status: 'cancelled', renders: [] });
  });

  it('makes as many pictures as were asked for', async () => {
    const { easel, turn } = await drawing({
      interpreter: createScriptedInterpreter(anInterpretation({ mode: 'generate', base: null, count: 3 })),
    });
    expect(turn.renders.map(({ resultNumber }) => resultNumber)).toEqual([1, 2, 3]);
    expect(easel.platform.posts.filter(({ kind }) => kind === 'result')).toHaveLength(3);
  });
});

describe('the render handler', () => {
  it('tries a lost child once more and then says so, with a way on', async () => {
    const engine = createMemoryEngine();
    const died = () => new AppError('INFERENCE_CHILD_DIED', {});
    engine.failNext(died());
    expect((await drawing({ engine })).turn).toMatchObject({ status: 'done', renders: [{ runs: 2 }] });
    engine.failNext(died(), died());
    const { easel, turn } = await drawing({ engine });
    expect(turn).toMatchObject({
      status: 'failed',
      error: { code: 'INFERENCE_CHILD_DIED' },
      renders: [{ status: 'failed', runs: 2 }],
    });
    const notice = easel.platform.posts.find(({ kind }) => kind === 'notice');
    expect(notice?.content).toMatchObject({
      text: expect.stringContaining(`#${turn.id.slice(0, 4)}`),
      actions: [{ kind: 'retry' }],
    });
    await easel.manager.retry(turn.id);
    await easel.jobs.idle();
    const retried = await easel.turn(turn.id);
    expect(retried).toMatchObject({
      status: 'done',
      renders: [{ status: 'failed' }, { status: 'ready', resultNumber: 1 }],
    });
    expect(retried.error).toBeUndefined();
  });

  it('wraps what nobody foresaw as a BUG and logs where it happened', async () => {
    const engine = createMemoryEngine();
    engine.failNext(new TypeError('secret words of a person'));
    const { easel, turn } = await drawing({ engine });
    expect(turn.error).toEqual({ code: 'BUG', values: {} });
    expect(easel.logger.lines).toContainEqual(
      expect.objectContaining({
        level: 'error',
        fields: expect.objectContaining({ code: 'BUG', stack: expect.stringContaining('TypeError') }),
      }),
    );
  });

  it('says which image is gone', async () => {
    const easel = createEaselInMemory();
    await easel.serve();
    const { id } = await easel.open();
    const image = await easel.image('bag');
    await easel.blobs.delete(image.blob);
    expect(await easel.say(id, 'make it red', { images: [image] })).toMatchObject({
      status: 'failed',
      error: { code: 'IMAGE_GONE', values: { number: 1 } },
    });
  });

  it('holds back what the safety filter blocks', async () => {
    const prompt = await drawing({ safety: createWordFilter({ prompt: 'cat' }) });
    expect(prompt.turn.error).toEqual({ code: 'POLICY_REFUSED', values: { category: 'other' } });
    expect(prompt.easel.engine.requests).toEqual([]);
    const image = await drawing({ safety: createWordFilter({ image: 'A cat' }) });
    expect(image.turn.error).toEqual({ code: 'RESULT_REFUSED', values: { category: 'explicit' } });
    expect((await drawing({ safety: createWordFilter({}) })).turn.status).toBe('done');
  });

  it('gives no number to a picture that was cancelled while it was made', async () => {
    const engine = createMemoryEngine({
      async beforeStep(step) {
        if (step === 2) await easel.manager.cancel((await easel.manager.get(id)).turns[0]?.id ?? expect.fail());
      },
    });
    const easel = createEaselInMemory({ engine });
    await easel.serve();
    const { id } = await easel.open();
    expect(await easel.say(id, 'draw a cat')).toMatchObject({
      status: 'cancelled',
      renders: [{ status: 'cancelled' }],
    });
    expect((await easel.manager.get(id)).images).toEqual([]);
    expect(easel.platform.posts).toEqual([]);
    expect(easel.jobs.waiting()).toEqual([]);
    expect(easel.logger.lines).toEqual([]);
  });

  it('ignores a picture that comes after Cancel', async () => {
    const easel = createEaselInMemory();
    await easel.serve(['interpret']);
    const { id } = await easel.open();
    const turn = await easel.say(id, 'draw a cat');
    const job = { conversationId: id, turnId: turn.id, n: 1 };
    expect(await easel.manager.startRender(job)).toBeDefined();
    await easel.manager.cancel(turn.id);
    const { blob, widthPx, heightPx } = await easel.image('late');
    const outcome = { kind: 'ready' as const, blob, widthPx, heightPx, model: 'm', timingsMs: {}, warnings: [] };
    expect(await easel.manager.recordRenderOutcome(job, outcome)).toBeUndefined();
    expect(await easel.manager.startRender(job)).toBeUndefined();
    expect((await easel.manager.get(id)).images).toEqual([]);
  });

  it('numbers a picture once, however often it is recorded', async () => {
    const easel = createEaselInMemory();
    await easel.serve(['interpret']);
    const { id } = await easel.open();
    const turn = await easel.say(id, 'draw a cat');
    const job = { conversationId: id, turnId: turn.id, n: 1 };
    const { blob, widthPx, heightPx } = await easel.image('cat');
    const outcome = { kind: 'ready' as const, blob, widthPx, heightPx, model: 'm', timingsMs: {}, warnings: [] };
    const numbers = await Promise.all([1, 2, 3].map(() => easel.manager.recordRenderOutcome(job, outcome)));
    expect(numbers).toEqual([1, 1, 1]);
    expect((await easel.manager.get(id)).images).toHaveLength(1);
  });

  it('leaves a render that kills its workers after a few runs', async () => {
    const easel = createEaselInMemory({ settings: { maxRuns: 2 } });
    await easel.serve(['interpret']);
    const { id } = await easel.open();
    const turn = await easel.say(id, 'draw a cat');
    const job = { conversationId: id, turnId: turn.id, n: 1 };
    expect(await easel.manager.startRender(job)).toMatchObject({ renderId: renderJobId(turn.id, 1) });
    expect((await easel.turn(turn.id)).status).toBe('rendering');
    expect(await easel.manager.startRender(job)).toBeDefined();
    expect(await easel.manager.startRender(job)).toBeUndefined();
    expect(await easel.turn(turn.id)).toMatchObject({ status: 'failed', error: { code: 'INFERENCE_CHILD_DIED' } });
  });

  it('leaves its job to the next worker on shutdown', async () => {
    const engine = createMemoryEngine({
      async beforeStep() {
        if (engine.requests.length === 1) void stop();
        await Promise.resolve();
      },
    });
    const easel = createEaselInMemory({ engine });
    const stop = await easel.serve();
    const { id } = await easel.open();
    const { turn } = await easel.manager.receive(id, aMessage('draw a cat'));
    await easel.jobs.idle();
    expect((await easel.turn(turn.id)).status).toBe('rendering');
    await easel.serve();
    await easel.jobs.idle();
    expect(await easel.turn(turn.id)).toMatchObject({ status: 'done', renders: [{ runs: 2, resultNumber: 1 }] });
  });

  it('refuses a payload that is none of its own', async () => {
    const easel = createEaselInMemory();
    const { id } = await easel.open();
    const turn = await easel.say(id, 'draw a cat');
    const run: JobRun = {
      id: interpretJobId(turn.id),
      input: { conversationId: id, turnId: turn.id },
      attempt: 1,
      isLastAttempt: true,
      signal: new AbortController().signal,
      progress: () => Promise.resolve(),
    };
    await expect(easel.handlers.render(run)).rejects.toThrow();
  });
});

describe('shouldRetry', () => {
  it.each([
    ['MODEL_INVALID', 1, false, false],
    ['INFERENCE_CHILD_DIED', 1, false, true],
    ['INFERENCE_CHILD_DIED', 2, false, false],
    ['INFERENCE_CHILD_DIED', 1, true, false],
    ['STORE_UNAVAILABLE', 7, false, true],
    ['STORE_UNAVAILABLE', 7, true, false],
    ['PLATFORM_RATE_LIMITED', 7, true, true],
  ] as const)('%s at attempt %i (last: %s): %s', (code, attempt, isLastAttempt, expected) => {
    const values = { file: '', expected: '', retryAfterMs: 1 };
    expect(shouldRetry(new AppError(code, values), { attempt, isLastAttempt })).toBe(expected);
  });
});
