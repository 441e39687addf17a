import { webApi } from '@slack/bolt';
import { describe, expect, it } from 'vitest';
import { fromSlackError, isTokenRefused, slackWordOf } from '../../../bots/slack/errors.ts';
import { AppError } from '../../../core/errors.ts';

function answer(error: string, more: object = {}) {
  return new webApi.WebAPIPlatformError({ ok: false, error, ...more });
}

describe('errors of Slack', () => {
  it.each([
    ['invalid_auth', 'PLATFORM_FORBIDDEN', true],
    ['token_revoked', 'PLATFORM_FORBIDDEN', true],
    ['missing_scope', 'PLATFORM_FORBIDDEN', true],
    ['not_in_channel', 'PLATFORM_FORBIDDEN', false],
    ['channel_not_found', 'PLATFORM_NOT_FOUND', false],
    ['message_not_found', 'PLATFORM_NOT_FOUND', false],
    ['ratelimited', 'PLATFORM_RATE_LIMITED', false],
    ['internal_error', 'PLATFORM_UNAVAILABLE', false],
    ['invalid_blocks', 'BUG', false],
    ['from_the_future', 'BUG', false],
  ])('%s is %s', (word, code, isRefusal) => {
    const error = fromSlackError(answer(word));
    expect(error.code).toBe(code);
    expect(isTokenRefused(error)).toBe(isRefusal);
    if (code !== 'PLATFORM_RATE_LIMITED') expect(slackWordOf(error)).toBe(word);
  });

  it.each([
    ['invalid_auth', 'SLACK_BOT_TOKEN'],
    ['missing_scope', 'install it again'],
    ['not_in_channel', '/invite @Easel'],
  ])('%s says how to mend it', (word, fix) => {
    expect(fromSlackError(answer(word)).details['fix']).toContain(fix);
  });

  it('names the scope that is needed', () => {
    expect(fromSlackError(answer('missing_scope', { needed: 'files:read' })).details['needed']).toBe('files:read');
  });

  it('keep how long Slack wants to be left alone', () => {
    expect(fromSlackError(new webApi.WebAPIRateLimitedError(30)).values['retryAfterMs']).toBe(30_000);
    expect(fromSlackError(answer('ratelimited')).values['retryAfterMs']).toBeGreaterThan(0);
  });

  it('of the line are passing ones', () => {
    expect(fromSlackError(new webApi.WebAPIRequestError(new Error('reset'))).code).toBe('PLATFORM_UNAVAILABLE');
    expect(fromSlackError(new webApi.WebAPIHTTPError(502, 'Bad Gateway', {})).code).toBe('PLATFORM_UNAVAILABLE');
  });

  it('leave Easel’s own errors as they are, and call the rest mistakes', () => {
    const own = new AppError('IMAGE_GONE', { number: 1 });
    expect(fromSlackError(own)).toBe(own);
    expect(fromSlackError(new TypeError('x')).code).toBe('BUG');
  });
});
