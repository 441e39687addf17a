import { describe, expect, it } from 'vitest';
import {
  AppError,
  asAppError,
  ERROR_POLICY,
  type ErrorCode,
  fromWire,
  isAppError,
  policyOf,
  sayingOf,
  toWire,
} from '../../../core/errors.ts';
import { createTexts } from '../../../core/texts/catalogue.ts';
import { en } from '../../../core/texts/en.ts';

const texts = createTexts(en, 'en');
const CODES = Object.keys(ERROR_POLICY).filter((code): code is ErrorCode => Object.hasOwn(ERROR_POLICY, code));

describe('the English texts', () => {
  it.each([
    [1, 'Queued · 1st in line'],
    [2, 'Queued · 2nd in line'],
    [3, 'Queued · 3rd in line'],
    [4, 'Queued · 4th in line'],
    [11, 'Queued · 11th in line'],
    [22, 'Queued · 22nd in line'],
  ])('says place %i in line', (position, expected) => {
    expect(texts.say('card.queued', { position })).toBe(expected);
  });

  it('speaks of one image and of several', () => {
    expect(texts.say('error.UNKNOWN_IMAGE', { number: 4, count: 3 })).toBe(
      'You mentioned image 4, but I only have images 1-3 here.',
    );
    expect(texts.say('error.UNKNOWN_IMAGE', { number: 4, count: 1 })).toBe(
      'You mentioned image 4, but I only have image 1 here.',
    );
    expect(texts.say('error.TOO_MANY_IMAGES', { limit: 4, count: 6 })).toBe(
      'I can use up to 4 images at once; you sent 6. Which ones should I use?',
    );
  });

  it('inserts people’s words as they are, braces and dollars too', () => {
    expect(texts.say('card.instruction', { instruction: 'make {it} $& red' })).toBe('“make {it} $& red”');
  });

  it('shows an unfilled placeholder instead of hiding it, and a general failure for an unknown key', () => {
    expect(texts.sayStored({ key: 'error.IMAGE_GONE', values: {} })).toContain('{number}');
    expect(texts.sayStored({ key: 'from.the.future', values: {} }, '#a7f3')).toBe(
      texts.sayStored({ key: 'error.general', values: {} }, '#a7f3'),
    );
    expect(texts.sayStored({ key: 'toString', values: {} }, '#a7f3')).toContain('#a7f3');
  });

  it('falls back to the form that every sentence has', () => {
    const sparse = createTexts(
      { ...en, 'card.queued': { by: 'position', type: 'ordinal', forms: { other: 'No. {position}' } } },
      'en',
    );
    expect(sparse.say('card.queued', { position: 1 })).toBe('No. 1');
  });
});

describe('errors', () => {
  const values = {
    number: 2,
    count: 6,
    limit: 4,
    size: '61 MB',
    format: 'PDF',
    folder: './.easel',
    pid: 12,
    file: 'vae/config.json',
    expected: 'a JSON object',
    problems: 'PORT: must be a number',
    retryAfterMs: 1000,
    engine: 'gemini',
    engines: 'gemini, local',
    accepted: '1 or 2',
    until: '2026-12-01',
    device: 'cuda',
    reason: 'no library',
  };

  it('has one row and one sentence for every code', () => {
    const rows = CODES.map((code) => {
      const { retry, log, status } = policyOf(code);
      return `${code} | ${retry} | ${log} | ${status} | ${texts.sayStored({ ...sayingOf({ code, values }) }, '#a7f3')}`;
    });
    expect(rows.join('\n')).toMatchSnapshot();
  });

  it.each(CODES)('fills every placeholder of the sentence of %s', (code) => {
    const sentence = texts.sayStored(sayingOf({ code, values }), '#a7f3');
    expect(sentence).not.toMatch(/[{}]/);
    expect(sentence).not.toMatch(/undefined|Error|stack/);
  });

  it('survives the wire with code and values, and without the cause', () => {
    const error = new AppError(
      'UNKNOWN_IMAGE',
      { number: 4, count: 2 },
      { cause: new Error('secret'), details: { queue: 'x' } },
    );
    const wire = JSON.parse(JSON.stringify(toWire(error)));
    expect(wire).toEqual({ code: 'UNKNOWN_IMAGE', values: { number: 4, count: 2 } });
    expect(fromWire(wire)).toMatchObject({ code: 'UNKNOWN_IMAGE', values: { number: 4, count: 2 } });
  });

  it('does not trust a code it does not know', () => {
    expect(fromWire({ code: 'NEW_CODE', values: {} })).toMatchObject({
      code: 'PAYLOAD_INVALID',
      details: { code: 'NEW_CODE' },
    });
    expect(fromWire({ code: 'constructor', values: {} }).code).toBe('PAYLOAD_INVALID');
    expect(sayingOf({ code: 'NEW_CODE', values: {} }).key).toBe('error.general');
  });

  it('recognises its errors by brand and wraps everything else', () => {
    const bug = asAppError(new TypeError('x'));
    expect(bug).toMatchObject({ code: 'BUG', cause: expect.any(TypeError) });
    expect(asAppError(bug)).toBe(bug);
    expect(asAppError('thrown text').cause).toBe('thrown text');
    expect(isAppError({ code: 'BUG' })).toBe(false);
  });
});
