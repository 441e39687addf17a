import { describe, expect, it } from 'vitest';
import { decodePlace, encodePlace, type Place } from '../../../bots/discord/place.ts';

describe('a place on Discord', () => {
  it.each<[Place, string]>([
    [{ channelId: '12' }, 'dm/12'],
    [{ guildId: '3', channelId: '12' }, '3/12'],
    [{ guildId: '3', channelId: '12', rootId: '99' }, '3/12/99'],
  ])('%o is written as %s, and read back', (place, text) => {
    expect(encodePlace(place)).toBe(text);
    expect(decodePlace(text)).toEqual(place);
  });

  it.each(['', '12', 'dm/', 'dm/../12', 'a/12', '3/12/99/1', 'dm/12?x'])('%s is none', (text) => {
    expect(() => decodePlace(text)).toThrow(expect.objectContaining({ code: 'PAYLOAD_INVALID' }));
  });
});
