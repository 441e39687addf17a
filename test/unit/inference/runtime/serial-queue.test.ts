import { describe, expect, it } from 'vitest';
import { createDeferred } from '../../../../inference/runtime/deferred.ts';
import { createSerialQueue } from '../../../../inference/runtime/serial-queue.ts';

const aborted = () => new Error('aborted');

describe('createSerialQueue', () => {
  it('starts a task only when the one before it has ended, even by failing', async () => {
    const queue = createSerialQueue();
    const first = createDeferred<string>();
    const events: string[] = [];
    const one = queue.run(
      () => {
        events.push('one starts');
        return first.promise;
      },
      undefined,
      aborted,
    );
    const two = queue.run(
      async () => {
        events.push('two starts');
        return 2;
      },
      undefined,
      aborted,
    );
    await Promise.resolve();
    events.push('one fails');
    first.reject(new Error('broken'));
    await expect(one).rejects.toThrow('broken');
    expect(await two).toBe(2);
    expect(events).toEqual(['one starts', 'one fails', 'two starts']);
  });

  it('rejects a waiting task at once when its signal aborts, and never starts it', async () => {
    const queue = createSerialQueue();
    const first = createDeferred<void>();
    const running = queue.run(() => first.promise, undefined, aborted);
    const controller = new AbortController();
    let isStarted = false;
    const waiting = queue.run(
      async () => {
        isStarted = true;
      },
      controller.signal,
      aborted,
    );
    controller.abort();
    await expect(waiting).rejects.toThrow('aborted');
    first.resolve();
    await running;
    await queue.run(async () => undefined, undefined, aborted);
    expect(isStarted).toBe(false);
  });
});
