import { describe, expect, it } from 'vitest';
import { decodePlace, encodeMessageId, encodePlace, timestampOf } from '../../../bots/slack/place.ts';

describe('places', () => {
  it.each([
    [{ team: 'T1', channel: 'C1', thread: '1700000001.000100' }, 'T1:C1:1700000001.000100'],
    [{ team: 'T1', channel: 'D1' }, 'T1:D1'],
  ])('%o is written as %s and read back', (place, text) => {
    expect(encodePlace(place)).toBe(text);
    expect(decodePlace(text)).toEqual(place);
  });

  it.each(['', 'T1', 'T1:', 'T1:C1:now'])('%j is none', (text) => {
    expect(() => decodePlace(text)).toThrow();
  });

  it('of messages lead to their time stamp', () => {
    expect(timestampOf(encodeMessageId('C1', '1700000001.000100'))).toBe('1700000001.000100');
  });
});
