import { describe, expect, it } from 'vitest';
import { AppError } from '../../../core/errors.ts';
import { INFERENCE_ERROR_CODES, InferenceError } from '../../../inference/index.ts';
import { fromInferenceError } from '../../../queue/inference/inference-error.ts';

describe('fromInferenceError', () => {
  it.each(INFERENCE_ERROR_CODES)('gives %s a code of the core and keeps its cause', (code) => {
    const thrown = new InferenceError(code, 'Something.');
    const error = fromInferenceError(thrown);
    const renamed = {
      MODEL_MISSING: 'MODEL_INVALID',
      INPUT_UNSUPPORTED_IMAGE: 'IMAGE_UNREADABLE',
      INPUT_TOO_LARGE: 'IMAGE_TOO_LARGE',
      INPUT_INVALID: 'BUG',
    };
    expect(error).toBeInstanceOf(AppError);
    expect(error.code).toBe(code in renamed ? renamed[code as keyof typeof renamed] : code);
    expect(error.cause).toBe(thrown);
  });

  it('says which file of a model is wrong and what was expected of it', () => {
    const thrown = new InferenceError('MODEL_INVALID', '/m/vae/config.json is not JSON: expected sizes.', {
      file: '/m/vae/config.json',
    });
    expect(fromInferenceError(thrown).values).toEqual({
      file: '/m/vae/config.json',
      expected: 'is not JSON: expected sizes',
    });
  });

  it('says what a picture is instead, and how large it is', () => {
    const heic = new InferenceError('INPUT_UNSUPPORTED_IMAGE', 'x', { format: 'HEIC' });
    expect(fromInferenceError(heic).values).toMatchObject({ format: 'HEIC' });
    const wide = new InferenceError('INPUT_TOO_LARGE', 'x', { width: 20_000, height: 10_000 });
    expect(fromInferenceError(wide).values).toMatchObject({ size: '20000 × 10000 pixels' });
    const heavy = new InferenceError('INPUT_TOO_LARGE', 'x', { bytes: 30_000_001, maxBytes: 25_000_000 });
    expect(fromInferenceError(heavy).values).toMatchObject({ size: '31 MB' });
  });

  it('leaves errors of the core as they are, and calls everything else a bug', () => {
    const known = new AppError('CANCELLED', {});
    expect(fromInferenceError(known)).toBe(known);
    expect(fromInferenceError(new Error('x'))).toMatchObject({ code: 'BUG' });
  });
});
