import { DiscordAPIError, HTTPError, RateLimitError } from 'discord.js';
import { describe, expect, it } from 'vitest';
import { fromDiscordError, isTooLarge, isUnauthorized } from '../../../bots/discord/errors.ts';
import { AppError } from '../../../core/errors.ts';

const request = { body: undefined, files: undefined };
const answered = (status: number, code: number) =>
  new DiscordAPIError({ code, message: 'said by the server' }, code, status, 'POST', 'https://discord.test/x', request);
const socketError = (code: string) => Object.assign(new Error('socket'), { code });

describe('what discord.js throws', () => {
  it.each([
    [answered(403, 50013), 'PLATFORM_FORBIDDEN'],
    [answered(401, 0), 'PLATFORM_FORBIDDEN'],
    [answered(400, 160002), 'PLATFORM_FORBIDDEN'],
    [answered(404, 10008), 'PLATFORM_NOT_FOUND'],
    [answered(503, 0), 'PLATFORM_UNAVAILABLE'],
    [answered(400, 50035), 'BUG'],
    [new HTTPError(502, 'Bad Gateway', 'POST', 'https://discord.test/x', request), 'PLATFORM_UNAVAILABLE'],
    [socketError('ECONNREFUSED'), 'PLATFORM_UNAVAILABLE'],
    [socketError('UND_ERR_SOCKET'), 'PLATFORM_UNAVAILABLE'],
    [Object.assign(new Error('timed out'), { name: 'AbortError' }), 'PLATFORM_UNAVAILABLE'],
    [new TypeError('ours'), 'BUG'],
    ['text', 'BUG'],
  ])('%s is %s', (thrown, code) => {
    const error = fromDiscordError(thrown);
    expect(error.code).toBe(code);
    expect(error.cause).toBe(thrown);
    expect(JSON.stringify(error.details)).not.toContain('said by the server');
  });

  it('says when to come back after a rate limit', () => {
    const limited = new RateLimitError({
      timeToReset: 1,
      limit: 5,
      method: 'POST',
      hash: '',
      url: '',
      route: '',
      majorParameter: '',
      global: false,
      retryAfter: 12_000,
      sublimitTimeout: 0,
      scope: 'user',
    });
    expect(fromDiscordError(limited)).toMatchObject({
      code: 'PLATFORM_RATE_LIMITED',
      values: { retryAfterMs: 12_000 },
    });
  });

  it('leaves our own errors as they are', () => {
    const error = new AppError('IMAGE_GONE', { number: 1 });
    expect(fromDiscordError(error)).toBe(error);
  });

  it('tells a file that is too large, and a token that is not known', () => {
    expect([answered(413, 0), answered(400, 40005), answered(400, 50035)].map(isTooLarge)).toEqual([true, true, false]);
    expect([answered(401, 0), answered(403, 0)].map(isUnauthorized)).toEqual([true, false]);
  });
});
