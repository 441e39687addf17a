import { describe, expect, it } from 'vitest';
import { decodeAction, encodeAction, markOf } from '../../../bots/shared/action-id.ts';
import { newTurnId } from '../../../core/ids.ts';

const turnId = newTurnId();

describe('what a button says about itself', () => {
  it.each([
    [{ kind: 'retry', turnId } as const, `v1:retry:${turnId}`],
    [{ kind: 'base', turnId, argument: '12' } as const, `v1:base:${turnId}:12`],
    [{ kind: 'references', turnId } as const, `v1:references:${turnId}`],
    [{ kind: 'engine', turnId } as const, `v1:engine:${turnId}`],
  ])('%o is %s, and is read back', (action, text) => {
    expect(encodeAction(action)).toBe(text);
    expect(decodeAction(text)).toEqual(action);
    expect(markOf(text)).toBeUndefined();
  });

  it('may carry the mark of its post', () => {
    const text = encodeAction({ kind: 'undo', turnId }, 'abc123');
    expect(text).toBe(`v1:undo:${turnId}::abc123`);
    expect(decodeAction(text)).toEqual({ kind: 'undo', turnId });
    expect(markOf(text)).toBe('abc123');
  });

  it.each(['', 'v2:retry:x', `v1:delete:${turnId}`, 'v1:retry:../x', `v1:base:${turnId}:DROP TABLE`])(
    '%s is nothing',
    (text) => {
      expect(decodeAction(text)).toBeUndefined();
    },
  );
});
