import { describe, expect, test } from 'vitest';
import { fromWire, InferenceError, isInferenceError, toWire } from '../../../inference/errors.ts';

describe('InferenceError', () => {
  test('crosses a process boundary as JSON', () => {
    const error = new InferenceError('MODEL_INVALID', 'a is damaged', { file: 'a', line: 3 });
    const arrived = fromWire(JSON.parse(JSON.stringify(toWire(error))));
    expect(isInferenceError(arrived)).toBe(true);
    expect(arrived).toMatchObject({ code: 'MODEL_INVALID', message: 'a is damaged', details: { file: 'a', line: 3 } });
  });

  test('is known by its brand, not by its class', () => {
    expect(isInferenceError(new Error('x'))).toBe(false);
    expect(isInferenceError({ [Symbol.for('easel.InferenceError')]: true })).toBe(true);
    expect(isInferenceError(null)).toBe(false);
  });

  test.each([
    [new TypeError('odd'), 'odd'],
    ['text', 'text'],
  ])('turns anything else that was thrown into a BUG', (thrown, message) => {
    expect(toWire(thrown)).toEqual({ code: 'BUG', message, details: {} });
  });

  test('turns an unreadable message into a BUG', () => {
    expect(fromWire({ code: 'NONE' })).toMatchObject({ code: 'BUG' });
  });
});
