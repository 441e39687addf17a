import { describe, expect, it } from 'vitest';
import { createListeners, createLocalPubSub } from '../../../queue/ephemeral/pub-sub.ts';

describe('messages within one process', () => {
  it('reports what a listener throws', async () => {
    const failures: unknown[] = [];
    const pubSub = createLocalPubSub(createListeners((error) => failures.push(error)));
    const error = new Error('a listener failed');
    await pubSub.subscribe('a', () => {
      throw error;
    });
    await pubSub.publish('a', '1');
    expect(failures).toEqual([error]);
  });

  it('keeps no topic after its last listener left', async () => {
    const listeners = createListeners(() => undefined);
    const pubSub = createLocalPubSub(listeners);
    const stops = [await pubSub.subscribe('a', () => undefined), await pubSub.subscribe('a', () => undefined)];
    expect(listeners.topics()).toEqual(['a']);
    for (const stop of stops) await stop();
    expect(listeners.topics()).toEqual([]);
  });

  it('tells one function twice that subscribed twice', async () => {
    const heard: string[] = [];
    const pubSub = createLocalPubSub(createListeners(() => undefined));
    const listener = (message: string) => heard.push(message);
    const stop = await pubSub.subscribe('a', listener);
    await pubSub.subscribe('a', listener);
    await pubSub.publish('a', '1');
    await stop();
    await pubSub.publish('a', '2');
    expect(heard).toEqual(['1', '1', '2']);
  });
});
