import { describe, expect, it } from 'vitest';
import { AppError } from '../../../core/errors.ts';
import { nonceOf } from '../../../core/ids.ts';
import { aMessage } from '../../support/builders/conversation.ts';
import { createEaselInMemory } from '../../support/easel-in-memory.ts';

const unavailable = () => new AppError('PLATFORM_UNAVAILABLE', {});

describe('the posting rule', () => {
  it('posts the card, then the result, each once and with its nonce', async () => {
    const easel = createEaselInMemory();
    await easel.serve();
    const { id } = await easel.open(true);
    const turn = await easel.say(id, 'draw a cat');
    expect(easel.platform.posts.map(({ kind }) => kind)).toEqual(['card', 'result']);
    expect(easel.platform.posts.map(({ nonce }) => nonce)).toEqual(
      turn.deliveries.map((delivery) => nonceOf(delivery.id)),
    );
    expect(turn.deliveries.every(({ status }) => status === 'posted')).toBe(true);
    expect(turn.deliveries[0]?.nonce).toMatch(/^[0-9a-f]{24}$/);
  });

  it('tries again when nothing was posted', async () => {
    const easel = createEaselInMemory();
    easel.platform.failNext(unavailable(), 'before');
    await easel.serve();
    const { id } = await easel.open();
    expect(await easel.say(id, 'draw a cat')).toMatchObject({
      status: 'done',
      deliveries: [{ attempts: 2, status: 'posted' }],
    });
    expect(easel.platform.posts).toHaveLength(1);
  });

  it('looks before it posts again when the post was made but never confirmed', async () => {
    const easel = createEaselInMemory();
    easel.platform.failNext(unavailable(), 'after');
    await easel.serve();
    const { id } = await easel.open();
    expect(await easel.say(id, 'draw a cat')).toMatchObject({
      status: 'done',
      deliveries: [{ postedId: 'post-1', attempts: 2 }],
    });
    expect(easel.platform.posts).toHaveLength(1);
  });

  it('looks first after a crash between posting and recording', async () => {
    const easel = createEaselInMemory();
    await easel.serve(['interpret', 'render']);
    const { id } = await easel.open();
    const turn = await easel.say(id, 'draw a cat');
    expect(turn.status).toBe('delivering');
    const job = { conversationId: id, turnId: turn.id, n: 1 };
    const task = await easel.manager.startDelivery(job);
    expect(task?.mayBePosted).toBe(false);
    const target = { conversationId: id, place: '', replyTo: turn.messageId };
    const content = {
      turnId: turn.id,
      text: '',
      actions: [],
      image: { number: 1, blob: (await easel.image('x')).blob, altText: '', fileName: '' },
    };
    await easel.platform.postResult(target, content, {
      nonce: turn.deliveries[0]?.nonce ?? '',
      keepHandle: (handle) => easel.manager.keepDeliveryHandle(job, handle),
      signal: new AbortController().signal,
    });
    await easel.serve(['deliver']);
    await easel.jobs.idle();
    expect(easel.platform.posts).toHaveLength(1);
    expect(await easel.turn(turn.id)).toMatchObject({
      status: 'done',
      deliveries: [{ postedId: 'post-1', handle: 'handle-post-1' }],
    });
  });

  it('gives the person alone what may not be posted in the place, once, and no card', async () => {
    const easel = createEaselInMemory();
    easel.platform.forbidden.add('');
    await easel.serve();
    const { id } = await easel.open(true);
    const turn = await easel.say(id, 'draw a cat', { authorId: 'ana' });
    expect(turn).toMatchObject({ status: 'done', deliveries: [{ status: 'abandoned' }, { status: 'posted' }] });
    expect(easel.platform.posts).toMatchObject([
      {
        kind: 'result',
        place: 'alone-with-ana',
        content: { text: expect.stringMatching(/^I finished this, .*\nimage 1/) },
      },
    ]);
  });

  it('gives the person alone a question, too', async () => {
    const easel = createEaselInMemory();
    easel.platform.forbidden.add('');
    await easel.serve();
    const { id } = await easel.open(true);
    await easel.say(id, 'help', { authorId: 'ana' });
    expect(easel.platform.posts.map(({ kind, place }) => [kind, place])).toEqual([['notice', 'alone-with-ana']]);
  });

  it('looks with the person alone, too, before it posts there again', async () => {
    const easel = createEaselInMemory();
    easel.platform.forbidden.add('');
    easel.platform.failNext(unavailable(), 'after');
    await easel.serve();
    const { id } = await easel.open();
    const turn = await easel.say(id, 'draw a cat', { authorId: 'ana' });
    expect(turn).toMatchObject({ status: 'done', deliveries: [{ attempts: 2 }] });
    expect(easel.platform.posts).toHaveLength(1);
  });

  it('gives up where it may post nowhere; the picture and its number stay', async () => {
    const easel = createEaselInMemory();
    easel.platform.failNext(new AppError('PLATFORM_FORBIDDEN', {}), 'before');
    easel.platform.failNext(new AppError('PLATFORM_FORBIDDEN', {}), 'before');
    await easel.serve();
    const { id } = await easel.open();
    expect(await easel.say(id, 'draw a cat', { authorId: 'ana' })).toMatchObject({
      status: 'failed',
      error: { code: 'PLATFORM_FORBIDDEN' },
      deliveries: [{ status: 'abandoned' }],
      renders: [{ status: 'ready', resultNumber: 1 }],
    });
    expect(await easel.documents.listUnfinished()).toEqual([]);
    expect((await easel.say(id, 'make it red')).status).toBe('done');
  });

  it('gives up after the last attempt', async () => {
    const easel = createEaselInMemory();
    for (let attempt = 1; attempt <= 3; attempt += 1) easel.platform.failNext(unavailable(), 'before');
    await easel.serve();
    const { id } = await easel.open();
    expect(await easel.say(id, 'draw a cat')).toMatchObject({
      status: 'failed',
      deliveries: [{ status: 'abandoned', attempts: 3 }],
    });
  });

  it('records nothing twice', async () => {
    const easel = createEaselInMemory();
    await easel.serve();
    const { id } = await easel.open();
    const turn = await easel.say(id, 'draw a cat');
    const job = { conversationId: id, turnId: turn.id, n: 1 };
    await easel.manager.recordDelivery(job, 'other');
    await easel.manager.abandonDelivery(job);
    await easel.manager.keepDeliveryHandle({ ...job, n: 9 }, 'other');
    expect(await easel.manager.startDelivery(job)).toBeUndefined();
    expect(await easel.turn(turn.id)).toEqual(turn);
  });

  it('posts no card for a turn that is over', async () => {
    const easel = createEaselInMemory();
    const { id } = await easel.open(true);
    const { turn } = await easel.manager.receive(id, aMessage('draw a cat'));
    await easel.serve(['interpret', 'render']);
    await easel.jobs.idle();
    await easel.manager.cancel(turn.id);
    const job = { conversationId: id, turnId: turn.id, n: 1 };
    await easel.handlers.deliver({
      id: (await easel.turn(turn.id)).deliveries[0]?.id ?? expect.fail(),
      input: job,
      attempt: 1,
      isLastAttempt: false,
      signal: new AbortController().signal,
      progress: () => Promise.resolve(),
    });
    // The picture is ready and waits to be posted, so the card still says where it is.
    expect(easel.platform.posts.map(({ kind }) => kind)).toEqual(['card']);
  });

  it('drops the card of a cancelled turn', async () => {
    const easel = createEaselInMemory();
    const { id } = await easel.open(true);
    const { turn } = await easel.manager.receive(id, aMessage('draw a cat'));
    const cardJob = (await easel.turn(turn.id)).deliveries[0]?.id ?? expect.fail();
    await easel.manager.cancel(turn.id);
    await easel.handlers.deliver({
      id: cardJob,
      input: { conversationId: id, turnId: turn.id, n: 1 },
      attempt: 1,
      isLastAttempt: false,
      signal: new AbortController().signal,
      progress: () => Promise.resolve(),
    });
    expect(easel.platform.posts).toEqual([]);
    expect((await easel.turn(turn.id)).deliveries).toMatchObject([{ kind: 'card', status: 'abandoned' }]);
  });

  it('answers words with a notice where notices are posts', async () => {
    const easel = createEaselInMemory();
    await easel.serve();
    const { id } = await easel.open(true);
    const turn = await easel.say(id, 'help');
    expect(turn).toMatchObject({ status: 'done', deliveries: [{ kind: 'notice', status: 'posted' }] });
    expect(easel.platform.posts).toMatchObject([
      { kind: 'notice', content: { text: expect.stringContaining('undo to image 3') } },
    ]);
  });

  it('posts an unposted notice after a restart', async () => {
    const easel = createEaselInMemory();
    const { id } = await easel.open(true);
    await easel.say(id, 'help');
    easel.jobs.lose();
    expect(await easel.documents.listUnfinished()).toEqual([id]);
    await easel.manager.sweep();
    await easel.serve();
    await easel.jobs.idle();
    expect(easel.platform.posts).toHaveLength(1);
  });

  it('leaves a post to the next process on shutdown', async () => {
    const easel = createEaselInMemory();
    await easel.serve(['interpret', 'render']);
    const { id } = await easel.open();
    const turn = await easel.say(id, 'draw a cat');
    easel.platform.failNext(unavailable(), 'before');
    const run = {
      id: turn.deliveries[0]?.id ?? expect.fail(),
      input: { conversationId: id, turnId: turn.id, n: 1 },
      attempt: 3,
      isLastAttempt: true,
      signal: AbortSignal.abort('shutdown'),
      progress: () => Promise.resolve(),
    };
    await expect(easel.handlers.deliver(run)).rejects.toMatchObject({ code: 'PLATFORM_UNAVAILABLE' });
    expect((await easel.turn(turn.id)).status).toBe('delivering');
  });
});
