import { describe, expect, it } from 'vitest';
import type { Turn } from '../../../../core/domain.ts';
import { AppError } from '../../../../core/errors.ts';
import { conversationTopic } from '../../../../core/events.ts';
import type { SafetyFilter } from '../../../../core/ports.ts';
import { anInterpretation } from '../../../support/builders/conversation.ts';
import { createEaselInMemory, englishTexts } from '../../../support/easel-in-memory.ts';
import { createScriptedInterpreter } from '../../../support/fakes/interpreter.ts';
import { createWordFilter } from '../../../support/fakes/safety-filter.ts';

type Options = Parameters<typeof createEaselInMemory>[0];

async function easelThatServes(options: Options = {}) {
  const easel = createEaselInMemory(options);
  await easel.serve();
  const { id } = await easel.open(true);
  const audit = () => easel.logger.lines.filter(({ fields }) => fields['event'] === 'safety-refused');
  return { easel, id, audit };
}

const generation = (changes: object = {}) =>
  anInterpretation({ mode: 'generate', base: null, references: [], ...changes });

describe('a request that is refused by its text', () => {
  it('ends with a kind sentence before any model reads it, and nothing is queued or made', async () => {
    const interpreter = createScriptedInterpreter();
    const { easel, id } = await easelThatServes({ interpreter });
    const image = await easel.image('somebody');
    const turn = await easel.say(id, 'undress the woman in image 1', { images: [image] });
    expect(turn).toMatchObject({
      status: 'failed',
      error: { code: 'POLICY_REFUSED', values: { category: 'real-people' } },
      renders: [],
    });
    expect(turn.interpretation).toBeUndefined();
    expect(interpreter.requests).toEqual([]);
    expect(easel.engine.requests).toEqual([]);
    const [notice] = easel.platform.posts.filter(({ kind }) => kind === 'notice');
    expect(notice?.content).toMatchObject({ text: englishTexts.say('error.POLICY_REFUSED', {}) });
    expect(JSON.stringify(easel.platform.posts)).not.toContain('undress');
  });

  it('stays refused by Retry, "again" and a correction', async () => {
    const { easel, id } = await easelThatServes();
    const image = await easel.image('somebody');
    const turn = await easel.say(id, 'make her nude', { images: [image] });
    await easel.manager.retry(turn.id);
    await easel.jobs.idle();
    expect(await easel.turn(turn.id)).toMatchObject({ status: 'failed', error: { code: 'POLICY_REFUSED' } });
    expect((await easel.say(id, 'again')).error?.code).toBe('POLICY_REFUSED');
    await expect(easel.manager.correct(turn.id, { mode: 'generate' })).rejects.toMatchObject({
      code: 'NOTHING_TO_REPEAT',
    });
    expect(easel.engine.requests).toEqual([]);
  });

  it('does not stand in the way of the next one', async () => {
    const { easel, id } = await easelThatServes();
    await easel.say(id, 'undress him');
    expect((await easel.say(id, 'draw a cat')).status).toBe('done');
  });
});

describe('a reading that is refused', () => {
  it('is refused by the verdict of the model', async () => {
    const policy = { verdict: 'refuse', category: 'minors' } as const;
    const { easel, id } = await easelThatServes({ interpreter: createScriptedInterpreter(generation({ policy })) });
    const turn = await easel.say(id, 'something in other words');
    expect(turn).toMatchObject({ status: 'failed', error: { code: 'POLICY_REFUSED', values: { category: 'minors' } } });
    expect(turn.interpretation).toBeUndefined();
    expect(easel.engine.requests).toEqual([]);
  });

  it('is refused by the rules where the model found nothing', async () => {
    const reading = generation({ description: 'A naked child', policy: { verdict: 'ok' } });
    const { easel, id } = await easelThatServes({ interpreter: createScriptedInterpreter(reading) });
    expect((await easel.say(id, 'you know what')).error?.code).toBe('POLICY_REFUSED');
  });

  it('is refused for what its pictures show, also when a button puts them in', async () => {
    const { easel, id, audit } = await easelThatServes();
    const child = await easel.say(id, 'draw a child in a red dress');
    const car = await easel.say(id, 'draw a red car');
    const sexy = await easel.say(id, 'make a sexy poster from image 2');
    expect([child.status, car.status, sexy.status]).toEqual(['done', 'done', 'done']);
    expect((await easel.say(id, 'make a sexy poster from image 1')).error?.values).toEqual({ category: 'minors' });
    const before = audit().length;
    await expect(easel.manager.correct(sexy.id, { references: [1] })).rejects.toMatchObject({ code: 'POLICY_REFUSED' });
    expect(audit()).toHaveLength(before + 1);
    expect(easel.engine.requests).toHaveLength(3);
  });
});

describe('pictures that are refused', () => {
  it('an input: no engine is asked, and the sentence names the image', async () => {
    const { easel, id } = await easelThatServes({ safety: createWordFilter({ image: 'bad' }) });
    const images = [await easel.image('good'), await easel.image('bad')];
    const turn = await easel.say(id, 'Give image 1 the style of image 2', { images });
    expect(turn).toMatchObject({ status: 'failed', error: { code: 'IMAGE_REFUSED', values: { number: 2 } } });
    expect(easel.engine.requests).toEqual([]);
    expect((await easel.say(id, 'make image 1 red')).status).toBe('done');
  });

  it('a result: it gets no number, is stored nowhere, and Retry uses another seed', async () => {
    const { easel, id } = await easelThatServes({ safety: createWordFilter({ image: '"run":1' }) });
    const turn = await easel.say(id, 'draw a cat');
    expect(turn).toMatchObject({ status: 'failed', error: { code: 'RESULT_REFUSED' } });
    expect((await easel.manager.get(id)).images).toEqual([]);
    expect(easel.blobs.keys()).toEqual([]);
    await easel.manager.retry(turn.id);
    await easel.jobs.idle();
    const retried = await easel.turn(turn.id);
    expect(retried).toMatchObject({ status: 'done', renders: [{ status: 'failed' }, { resultNumber: 1 }] });
    expect(new Set(easel.engine.requests.map(({ seed }) => seed)).size).toBe(2);
  });

  it('a preview: it is left out, and steps go on being told', async () => {
    const safety = createWordFilter({ image: '\u0000\u0000\u0000' });
    const { easel, id } = await easelThatServes({ safety });
    const heard: string[] = [];
    await easel.ephemeral.subscribe(conversationTopic(id), (message) => heard.push(JSON.parse(message).kind));
    await easel.say(id, 'draw a cat');
    expect(heard).toContain('progress');
    expect(heard).not.toContain('preview');
  });

  it('none is made or shown while none can be checked', async () => {
    const unavailable = () => Promise.reject(new AppError('SAFETY_UNAVAILABLE', {}));
    const safety: SafetyFilter = { ...createWordFilter({}), checkImage: unavailable };
    const { easel, id } = await easelThatServes({ safety });
    expect((await easel.say(id, 'draw a cat')).error?.code).toBe('SAFETY_UNAVAILABLE');
    expect((await easel.manager.get(id)).images).toEqual([]);
  });
});

describe('the audit', () => {
  const fieldsOf = (lines: readonly { readonly fields: object }[]) => lines.map(({ fields }) => fields);

  it('notes who, where and why once, and nothing of what was said or shown', async () => {
    const { easel, id, audit } = await easelThatServes({ safety: createWordFilter({ image: 'bad' }) });
    const said = { authorId: 'person-7' };
    await easel.say(id, 'undress my secret-colleague', said);
    await easel.say(id, 'make it red', { ...said, images: [await easel.image('bad')] });
    const pseudonym = expect.stringMatching(/^[0-9a-f]{16}$/);
    const common = { event: 'safety-refused', platform: 'memory', conversation: pseudonym, person: pseudonym };
    expect(fieldsOf(audit())).toEqual([
      { ...common, stage: 'request', category: 'real-people' },
      { ...common, stage: 'input', category: 'explicit' },
    ]);
    const written = JSON.stringify(audit());
    for (const secret of ['person-7', 'secret-colleague', 'undress', id]) expect(written).not.toContain(secret);
  });

  it('notes each picture that was held back, also beside others that were not', async () => {
    const interpreter = createScriptedInterpreter(generation({ count: 3 }));
    const { easel, id, audit } = await easelThatServes({ interpreter, safety: createWordFilter({ image: '"run":2' }) });
    const turn: Turn = await easel.say(id, 'three cats');
    expect(turn.renders.filter(({ status }) => status === 'ready')).toHaveLength(2);
    expect(fieldsOf(audit())).toMatchObject([{ stage: 'output', category: 'explicit' }]);
  });

  it('notes nothing where nothing was refused', async () => {
    const { easel, id, audit } = await easelThatServes();
    await easel.say(id, 'draw a cat');
    expect(audit()).toEqual([]);
  });
});
