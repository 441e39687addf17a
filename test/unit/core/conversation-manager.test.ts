import { describe, expect, it } from 'vitest';
import { createConversationManager } from '../../../core/conversation-manager.ts';
import { newConversationId, newTurnId } from '../../../core/ids.ts';
import { aMessage } from '../../support/builders/conversation.ts';
import { createEaselInMemory, easelWithResult } from '../../support/easel-in-memory.ts';

describe('a message with two images', () => {
  it('becomes image 3 with its lineage', async () => {
    const { easel, id, turn } = await easelWithResult();
    const document = await easel.manager.get(id);
    expect(turn).toMatchObject({
      status: 'done',
      attached: [1, 2],
      renders: [{ n: 1, status: 'ready', resultNumber: 3 }],
    });
    expect(document.images.map(({ number, kind, status }) => [number, kind, status])).toEqual([
      [1, 'input', 'ready'],
      [2, 'input', 'ready'],
      [3, 'result', 'ready'],
    ]);
    expect(document.current).toBe(3);
    expect(document.images[2]).toMatchObject({
      altText: 'Result of: Give the bag in image 1 the pattern of the dress in image 2',
      lineage: {
        parent: 1,
        base: 1,
        references: [2],
        mode: 'edit',
        adapter: 'edit',
        seed: turn.renders[0]?.seed,
        steps: 2,
        model: 'memory 1',
        engine: 'memory',
      },
    });
  });

  it('reaches the engine base first, with positions for numbers', async () => {
    const easel = createEaselInMemory();
    await easel.serve();
    const { id } = await easel.open();
    const images = [await easel.image('dress'), await easel.image('bag')];
    await easel.say(id, 'Give the bag in image 2 the pattern of the dress in image 1', { images });
    const [request] = easel.engine.requests;
    expect(request).toMatchObject({
      mode: 'edit',
      adapter: 'edit',
      prompt: 'Give the bag in image 1 the pattern of the dress in image 2',
    });
    expect(request?.images.map((bytes) => new TextDecoder().decode(bytes))).toEqual(['bag', 'dress']);
  });

  it('is posted once and announced', async () => {
    const { easel, turn } = await easelWithResult();
    expect(easel.platform.posts).toHaveLength(1);
    expect(easel.platform.posts[0]).toMatchObject({ kind: 'result', content: { image: { number: 3 } } });
    expect(turn.deliveries).toEqual([
      expect.objectContaining({
        kind: 'result',
        status: 'posted',
        postedId: 'post-1',
        handle: 'handle-post-1',
        attempts: 1,
      }),
    ]);
    const kinds = new Set(easel.ephemeral.published.map(({ message }) => JSON.parse(message).kind));
    expect(kinds).toEqual(new Set(['turn', 'image', 'progress', 'preview']));
  });

  it('is one turn however often the platform sends it', async () => {
    const easel = createEaselInMemory();
    await easel.serve();
    const { id } = await easel.open();
    const message = aMessage('make it red', { images: [await easel.image('bag')] });
    const received = await Promise.all([1, 2, 3, 4].map(() => easel.manager.receive(id, message)));
    await easel.jobs.idle();
    const again = await easel.manager.receive(id, message);
    expect(new Set([...received, again].map(({ turn }) => turn.id)).size).toBe(1);
    expect(received.filter(({ isRepeat }) => !isRepeat)).toHaveLength(1);
    expect(again.isRepeat).toBe(true);
    expect(again.images.map(({ number }) => number)).toEqual([1]);
    expect((await easel.manager.get(id)).images).toHaveLength(2);
    expect(easel.engine.requests).toHaveLength(1);
  });
});

describe('what follows in the conversation', () => {
  it('goes on from the last result over four turns', async () => {
    const { easel, id } = await easelWithResult();
    for (const text of ['make it blue', 'now give it the background of image 2', 'make image 1 darker'])
      await easel.say(id, text);
    const document = await easel.manager.get(id);
    const lineages = document.images.flatMap((image) =>
      image.status === 'ready' && image.lineage !== undefined ? [image.lineage] : [],
    );
    expect(lineages.map(({ base, references, prompt }) => [base, references, prompt])).toEqual([
      [1, [2], 'Give the bag in image 1 the pattern of the dress in image 2'],
      [3, [], 'make image 1 blue'],
      [4, [2], 'now give image 1 the background of image 2'],
      [1, [], 'make image 1 darker'],
    ]);
    expect(document.images.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('takes four turns sent at once in order, each after the result of the one before', async () => {
    const { easel, id } = await easelWithResult();
    const texts = ['make it blue', 'tilt it', 'add a hat', 'make image 6 darker'];
    const received = [];
    for (const text of texts) received.push(await easel.manager.receive(id, aMessage(text)));
    await easel.jobs.idle();
    const turns = await Promise.all(received.map(({ turn }) => easel.turn(turn.id)));
    expect(turns.map(({ status }) => status)).toEqual(['done', 'done', 'done', 'done']);
    expect(turns.map(({ interpretation }) => interpretation?.base)).toEqual([3, 4, 5, 6]);
    expect(turns.map(({ renders }) => renders[0]?.resultNumber)).toEqual([4, 5, 6, 7]);
  });

  it('knows nothing of images that came with later messages', async () => {
    const easel = createEaselInMemory();
    const { id } = await easel.open();
    await easel.manager.receive(id, aMessage('make it red', { images: [await easel.image('a')] }));
    const { turn } = await easel.manager.receive(id, aMessage('combine all images'));
    await easel.manager.receive(id, aMessage('make it blue', { images: [await easel.image('b')] }));
    await easel.serve();
    await easel.jobs.idle();
    expect((await easel.turn(turn.id)).interpretation).toMatchObject({ base: 1, references: [3] });
  });

  it('makes the parent current on undo, and the result keeps its number', async () => {
    const { easel, id } = await easelWithResult();
    await easel.say(id, 'make it blue');
    const undone = await easel.say(id, 'undo');
    expect(undone).toMatchObject({
      kind: 'word',
      status: 'done',
      reply: { key: 'reply.undone', values: { number: 3, undone: 4 } },
    });
    expect((await easel.manager.get(id)).current).toBe(3);
    const next = await easel.say(id, 'make it green');
    expect(next).toMatchObject({ interpretation: { base: 3 }, renders: [{ resultNumber: 5 }] });
    await easel.say(id, 'undo');
    await easel.say(id, 'undo');
    expect((await easel.manager.get(id)).current).toBe(1);
    expect((await easel.say(id, 'undo')).reply?.key).toBe('reply.nothing-to-undo');
    expect((await easel.say(id, 'undo to image 4')).reply).toEqual({ key: 'reply.back-to', values: { number: 4 } });
    expect((await easel.manager.get(id)).current).toBe(4);
    await expect(easel.manager.receive(id, aMessage('undo to image 40'))).rejects.toMatchObject({
      code: 'UNKNOWN_IMAGE',
    });
  });

  it('undoes by button to the parent of that turn’s result, however often it is pressed', async () => {
    const { easel, id, turn } = await easelWithResult();
    const second = await easel.say(id, 'make it blue');
    await easel.manager.undo(second.id);
    await easel.manager.undo(second.id);
    expect((await easel.manager.get(id)).current).toBe(3);
    await easel.manager.undo(turn.id);
    expect((await easel.manager.get(id)).current).toBe(1);
  });

  it('has nothing current after undoing a picture made from nothing', async () => {
    const easel = createEaselInMemory();
    await easel.serve();
    const { id } = await easel.open();
    expect(await easel.say(id, 'a red bag on a blue background')).toMatchObject({
      status: 'done',
      renders: [{ resultNumber: 1 }],
    });
    expect((await easel.say(id, 'undo')).reply?.key).toBe('reply.undone.nothing-before');
    expect((await easel.manager.get(id)).current).toBeNull();
  });

  it('repeats the last request with another seed on "again"', async () => {
    const { easel, id, turn } = await easelWithResult();
    const again = await easel.say(id, 'again');
    const third = await easel.say(id, 'again');
    expect(again).toMatchObject({
      kind: 'again',
      repeats: turn.id,
      status: 'done',
      interpretation: turn.interpretation,
    });
    expect(third).toMatchObject({ repeats: turn.id, renders: [{ resultNumber: 5 }] });
    expect(new Set([turn, again, third].map(({ renders }) => renders[0]?.seed)).size).toBe(3);
    expect(easel.engine.requests.map(({ prompt }) => prompt)).toEqual(
      Array.from({ length: 3 }, () => easel.engine.requests[0]?.prompt),
    );
  });

  it('has nothing to do again, cancel, swap or show in a new conversation', async () => {
    const easel = createEaselInMemory();
    const { id } = await easel.open();
    const keys = [];
    for (const word of ['again', 'cancel', 'swap', 'details', 'undo', 'help'])
      keys.push((await easel.say(id, word)).reply?.key);
    expect(keys).toEqual([
      'reply.nothing-to-repeat',
      'reply.nothing-to-cancel',
      'reply.nothing-to-swap',
      'reply.no-details',
      'reply.nothing-to-undo',
      'reply.help',
    ]);
    expect(easel.jobs.waiting()).toEqual([]);
  });

  it('shows the details of the last result', async () => {
    const { easel, id, turn } = await easelWithResult();
    expect((await easel.say(id, 'details')).reply).toEqual({
      key: 'reply.details',
      values: {
        mode: 'edit',
        seed: turn.renders[0]?.seed,
        steps: 2,
        width: 8,
        height: 8,
        model: 'memory 1',
        sources: '1, 2',
        instruction: 'Give the bag in image 1 the pattern of the dress in image 2',
      },
    });
  });
});

describe('what is refused', () => {
  async function refuse(text: string, images: number, broken = false) {
    const easel = createEaselInMemory();
    const { id } = await easel.open();
    const good = await Promise.all(Array.from({ length: images }, (_, index) => easel.image(`image ${index}`)));
    const failed = {
      status: 'failed' as const,
      origin: 'attachment' as const,
      reason: { code: 'IMAGE_UNREADABLE', values: { format: 'PDF' } },
    };
    const refused = easel.manager.receive(id, aMessage(text, { images: broken ? [...good, failed] : good }));
    return { easel, id, refused };
  }

  it.each([
    ['', 1, { code: 'TEXT_EMPTY' }],
    ['  \n ', 0, { code: 'TEXT_EMPTY' }],
    ['x'.repeat(10_000), 1, { code: 'TEXT_TOO_LONG', values: { limit: 4000, count: 10_000 } }],
    ['make it red', 11, { code: 'TOO_MANY_IMAGES', values: { limit: 10, count: 11 } }],
    ['make it red', 0, { code: 'NO_IMAGE' }],
    ['make image 4 red', 2, { code: 'UNKNOWN_IMAGE', values: { number: 4, count: 2 } }],
  ])('leaves no trace: %.20s with %i images', async (text, images, error) => {
    const { easel, id, refused } = await refuse(text, images);
    await expect(refused).rejects.toMatchObject(error);
    expect(await easel.manager.get(id)).toMatchObject({ revision: 1, turns: [], images: [] });
    expect(easel.documents.aliases()).toBe(0);
  });

  it('takes 4,000 characters and ten images', async () => {
    const { refused } = await refuse(`make image 1 red ${'x'.repeat(3983)}`, 10);
    expect((await refused).turn.status).toBe('received');
  });

  it('refuses a message whose only image could not be opened, with the number it would have had', async () => {
    const { easel, id, refused } = await refuse('make it red', 0, true);
    await expect(refused).rejects.toMatchObject({ code: 'IMAGE_UNREADABLE', values: { number: 1, format: 'PDF' } });
    expect((await easel.manager.get(id)).images).toEqual([]);
  });

  it('keeps the number of an image that could not be opened beside good ones', async () => {
    const { easel, id, refused } = await refuse('make it red', 1, true);
    const { images } = await refused;
    expect(images.map(({ number, status }) => [number, status])).toEqual([
      [1, 'ready'],
      [2, 'failed'],
    ]);
    await easel.serve();
    await easel.jobs.idle();
    expect((await easel.manager.get(id)).images.map(({ number, status }) => [number, status])).toEqual([
      [1, 'ready'],
      [2, 'failed'],
      [3, 'ready'],
    ]);
    await expect(easel.manager.receive(id, aMessage('make image 2 red'))).rejects.toMatchObject({
      code: 'IMAGE_UNREADABLE',
    });
  });

  it.each(['', 'x'.repeat(201)])('takes no message with an id of unusable length', async (messageId) => {
    const easel = createEaselInMemory();
    const { id } = await easel.open();
    await expect(easel.manager.receive(id, aMessage('draw a cat', { messageId }))).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
    });
    await expect(
      easel.manager.receive(id, aMessage('draw a cat', { messageId: 'x'.repeat(200) })),
    ).resolves.toMatchObject({ isRepeat: false });
  });

  it('does not know strangers', async () => {
    const easel = createEaselInMemory();
    await expect(easel.manager.get(newConversationId())).rejects.toMatchObject({ code: 'CONVERSATION_UNKNOWN' });
    await expect(easel.manager.receive(newConversationId(), aMessage('hi'))).rejects.toMatchObject({
      code: 'CONVERSATION_UNKNOWN',
    });
    await expect(easel.manager.cancel(newTurnId())).rejects.toMatchObject({ code: 'TURN_UNKNOWN' });
    const { id } = await easel.open();
    await expect(easel.manager.startInterpretation({ conversationId: id, turnId: newTurnId() })).rejects.toMatchObject({
      code: 'TURN_UNKNOWN',
    });
  });

  it('says so when too many requests of one conversation wait, and takes words all the same', async () => {
    const easel = createEaselInMemory({ settings: { maxOpenTurns: 2 } });
    const { id } = await easel.open();
    for (const label of ['a', 'b'])
      await easel.manager.receive(id, aMessage('make it red', { images: [await easel.image(label)] }));
    await expect(easel.manager.receive(id, aMessage('make it red'))).rejects.toMatchObject({
      code: 'LIMIT',
      values: { count: 2 },
    });
    await expect(easel.manager.receive(id, aMessage('again'))).rejects.toMatchObject({ code: 'LIMIT' });
    expect((await easel.manager.receive(id, aMessage('cancel'))).turn.reply?.key).toBe('reply.cancelled');
  });
});

describe('opening', () => {
  it('finds the conversation of a place again', async () => {
    const easel = createEaselInMemory();
    const there = { platform: 'memory', place: 'room/7', cards: true };
    const opened = await Promise.all([1, 2, 3].map(() => easel.manager.open(there)));
    expect(new Set(opened.map(({ id }) => id)).size).toBe(1);
    expect((await easel.manager.open(there)).id).toBe(opened[0]?.id);
    expect((await easel.manager.open({ ...there, platform: 'other' })).id).not.toBe(opened[0]?.id);
    expect((await easel.open()).id).not.toBe((await easel.open()).id);
  });

  it('goes on where a crash left a place linked without a document', async () => {
    const easel = createEaselInMemory();
    const linked = await easel.documents.link('place:memory:room', newConversationId());
    expect((await easel.manager.open({ platform: 'memory', place: 'room', cards: false })).id).toBe(linked);
  });
});

describe('trouble beside the flow', () => {
  it('accepts a message although the queue is gone; the sweep adds the job later', async () => {
    const easel = createEaselInMemory();
    const { id } = await easel.open();
    const { turn } = await easel.manager.receive(id, aMessage('make it red', { images: [await easel.image('a')] }));
    easel.jobs.lose();
    expect(easel.jobs.waiting()).toEqual([]);
    expect(await easel.manager.sweep()).toBe(1);
    expect(await easel.manager.sweep()).toBe(1);
    expect(easel.jobs.waiting()).toEqual([`i-${turn.id}`]);
    await easel.serve();
    await easel.jobs.idle();
    expect((await easel.turn(turn.id)).status).toBe('done');
    expect(await easel.manager.sweep()).toBe(0);
  });

  it('takes a message and a cancel that the queue does not hear of', async () => {
    const easel = createEaselInMemory();
    const { id } = await easel.open();
    easel.jobs.failNext();
    const { turn } = await easel.manager.receive(id, aMessage('draw a cat'));
    expect(turn.status).toBe('received');
    expect(await easel.manager.sweep()).toBe(1);
    easel.jobs.failNext();
    expect((await easel.manager.cancel(turn.id)).status).toBe('cancelled');
    await easel.serve();
    await easel.jobs.idle();
    expect(await easel.turn(turn.id)).toMatchObject({ status: 'cancelled', interpretRuns: 0 });
    expect(easel.logger.lines.map(({ level, fields }) => [level, fields['event'], fields['code']])).toEqual([
      ['error', 'job-add', 'QUEUE_UNAVAILABLE'],
      ['warn', 'job-cancel', 'QUEUE_UNAVAILABLE'],
    ]);
  });

  it('counts only the jobs that the sweep could add', async () => {
    const easel = createEaselInMemory();
    const { id } = await easel.open();
    await easel.manager.receive(id, aMessage('draw a cat'));
    easel.jobs.lose();
    easel.jobs.failNext();
    expect(await easel.manager.sweep()).toBe(0);
    expect(await easel.manager.sweep()).toBe(1);
  });

  it('gives up after losing a hundred races for the document', async () => {
    const easel = createEaselInMemory();
    const { id } = await easel.open();
    const lost = { ...easel.documents, compareAndSet: () => Promise.resolve(false) };
    const { jobs, ephemeral, clock, logger } = easel;
    const manager = createConversationManager(
      { documents: lost, jobs, ephemeral, clock, logger },
      { engine: { id: 'memory', maxImages: 4 } },
    );
    await expect(manager.receive(id, aMessage('draw a cat'))).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      details: { lostRaces: 100 },
    });
  });

  it('does not need anybody to listen', async () => {
    const easel = createEaselInMemory();
    easel.ephemeral.breakDown();
    await easel.serve();
    const { id } = await easel.open();
    expect((await easel.say(id, 'draw a cat')).status).toBe('done');
  });

  it('tells the caller when the store is gone', async () => {
    const easel = createEaselInMemory();
    const { id } = await easel.open();
    easel.documents.failNext(1);
    await expect(easel.manager.receive(id, aMessage('draw a cat'))).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
    });
  });
});
