import { describe, expect, it } from 'vitest';
import { failureOf, problemOf } from '../../../bots/http-api/problem-of.ts';
import { AppError, ERROR_POLICY, fromWire } from '../../../core/errors.ts';
import { englishTexts } from '../../support/easel-in-memory.ts';

describe('what a program is told', () => {
  it.each(Object.keys(ERROR_POLICY))('of %s names no button of a chat and nothing of the inside', (code) => {
    const problem = failureOf(fromWire({ code, values: {} }), englishTexts, '#a7f3');
    expect(problem.message).not.toMatch(/\bpress\b|reply to one|node_modules/i);
    expect(problem.status).toBeGreaterThanOrEqual(400);
    expect(problem.code).toMatch(/^[a-z_]+$/);
  });

  it('of something that nobody foresaw is a reference', () => {
    const problem = problemOf(new TypeError('secret inside'), englishTexts, '#a7f3');
    expect(problem).toMatchObject({ status: 500, type: 'server_error', code: 'bug' });
    expect(problem.message).toBe("Something went wrong on the server's side (#a7f3).");
  });

  it('of a refusal by a filter is what OpenAI calls it', () => {
    for (const code of ['PROMPT_BLOCKED', 'RESULT_BLOCKED'] as const) {
      const problem = failureOf(new AppError(code, {}), englishTexts, '#a7f3');
      expect(problem).toMatchObject({ status: 400, code: 'moderation_blocked', type: 'invalid_request_error' });
    }
  });

  it('of a refusal by the policy here is a violation of the content policy', () => {
    const refusals = [
      new AppError('POLICY_REFUSED', { category: 'minors' }),
      new AppError('IMAGE_REFUSED', { number: 2, category: 'explicit' }),
      new AppError('RESULT_REFUSED', { category: 'explicit' }),
    ];
    expect(refusals.map((error) => failureOf(error, englishTexts, '#a7f3'))).toMatchObject([
      { status: 400, code: 'content_policy_violation', type: 'invalid_request_error', param: 'prompt' },
      { status: 400, code: 'content_policy_violation', param: 'image', message: expect.stringContaining('image 2') },
      { status: 400, code: 'content_policy_violation', param: null },
    ]);
  });

  it('of what is away for a moment is when to come again, but not of a picture that failed for it', () => {
    const away = new AppError('STORE_UNAVAILABLE', {});
    expect(problemOf(away, englishTexts, '#a7f3').retryAfterSeconds).toBe(5);
    expect(failureOf(away, englishTexts, '#a7f3').retryAfterSeconds).toBeUndefined();
  });
});
