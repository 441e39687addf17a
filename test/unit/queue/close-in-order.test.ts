import { describe, expect, it } from 'vitest';
import { closeInOrder } from '../../../queue/homes/close-in-order.ts';

describe('closing in order', () => {
  it('closes one after the other, once, and goes on after a failure', async () => {
    const closed: string[] = [];
    const failure = new Error('the queue did not close');
    const close = closeInOrder([
      async () => void closed.push('workers'),
      async () => {
        closed.push('queue');
        throw failure;
      },
      async () => void closed.push('lock'),
    ]);
    await expect(close()).rejects.toBe(failure);
    await expect(close()).rejects.toBe(failure);
    expect(closed).toEqual(['workers', 'queue', 'lock']);
  });
});
