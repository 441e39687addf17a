import { describe, expect, it } from 'vitest';
import { createLanes } from '../../../bots/shared/lanes.ts';
import { createGate } from '../../support/web/gate.ts';

describe('lanes', () => {
  it('keep the order within one, and do not wait for each other', async () => {
    const lanes = createLanes();
    const gate = createGate();
    const done: string[] = [];
    const work =
      (name: string, before: () => Promise<void> = () => Promise.resolve()) =>
      async () => {
        await before();
        done.push(name);
      };
    const slow = lanes.run('a', work('a1', gate.pass));
    const after = lanes.run('a', work('a2'));
    await lanes.run('b', work('b1'));
    expect(done).toEqual(['b1']);
    gate.open();
    await Promise.all([slow, after]);
    expect(done).toEqual(['b1', 'a1', 'a2']);
  });

  it('go on after a failure, which only its own caller hears', async () => {
    const lanes = createLanes();
    const failing = lanes.run('a', () => Promise.reject(new Error('mine')));
    const next = lanes.run('a', () => Promise.resolve('fine'));
    await expect(failing).rejects.toThrow('mine');
    expect(await next).toBe('fine');
  });

  it('are idle when nothing is left, also of what came meanwhile', async () => {
    const lanes = createLanes();
    const done: number[] = [];
    void lanes.run('a', async () => {
      await Promise.resolve();
      void lanes.run('b', async () => {
        await Promise.resolve();
        done.push(2);
      });
      done.push(1);
    });
    await lanes.idle();
    expect(done).toEqual([1, 2]);
  });
});
