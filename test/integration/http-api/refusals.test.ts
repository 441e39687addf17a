import { type OpenAI, toFile } from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AppError } from '../../../core/errors.ts';
import { type ApiEasel, startApiEasel } from '../../support/http-api/api-easel.ts';
import { bagAndDress, errorOf } from '../../support/http-api/read-answers.ts';

let easel: ApiEasel;
let client: OpenAI;
let token: string;
beforeAll(async () => {
  easel = await startApiEasel();
  token = await easel.newKey({ picturesPerDay: 1000 });
  client = easel.client(token);
});
afterAll(() => easel.stop());

const prompt = 'make it red';
type Request = Omit<RequestInit, 'headers'> & { readonly headers?: Readonly<Record<string, string>> };
const post = (path: string, init: Request, authorization = `Bearer ${token}`) =>
  fetch(`${easel.url}/v1${path}`, { method: 'POST', ...init, headers: { authorization, ...init.headers } });
const json = (body: unknown): Request => ({
  body: typeof body === 'string' ? body : JSON.stringify(body),
  headers: { 'content-type': 'application/json' },
});

describe('a key', () => {
  it('is needed, and one that is wrong is not told how wrong', async () => {
    const forged = `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`;
    for (const key of ['sk-nothing', forged, `easel_${'0'.repeat(16)}_${'A'.repeat(43)}`]) {
      expect(await errorOf(easel.client(key).images.generate({ prompt }))).toMatchObject({
        status: 401,
        code: 'invalid_api_key',
        type: 'authentication_error',
        error: { message: expect.stringContaining('easel keys create'), param: null },
      });
    }
    const response = await post('/images/generations', json({ prompt }), '');
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe('Bearer');
    expect(await response.json()).toMatchObject({ error: { code: 'missing_api_key' } });
  });

  it('that was revoked says so, from the next request on', async () => {
    const revoked = await easel.newKey();
    expect((await easel.client(revoked).models.list()).data).toHaveLength(1);
    const [, id = ''] = revoked.split('_');
    const key = await easel.keys.get(id);
    if (key === undefined) throw new Error('no key');
    await easel.keys.put({ ...key, revokedAt: easel.clock.now() });
    expect(await errorOf(easel.client(revoked).models.list())).toMatchObject({ status: 403, code: 'key_revoked' });
  });

  it('is what turns the API on', async () => {
    const off = await startApiEasel();
    expect(await errorOf(off.client(token).images.generate({ prompt }))).toMatchObject({
      status: 403,
      code: 'api_off',
      message: expect.stringContaining('easel keys create NAME'),
    });
    await off.stop();
  });

  it('shows in no log', async () => {
    await errorOf(client.images.edit({ image: await toFile(Buffer.from('x'), 'x.png'), prompt }));
    expect(easel.logger.lines.length).toBeGreaterThan(0);
    expect(JSON.stringify(easel.logger.lines)).not.toContain(token.slice(-43));
  });
});

describe('a parameter is refused by its name, and the request leaves nothing', () => {
  it.each([
    [{ prompt: '' }, 400, 'prompt', 'missing_required_parameter'],
    [{ prompt: '   ' }, 400, 'prompt', 'text_empty'],
    [{ prompt: 'a'.repeat(4001) }, 400, 'prompt', 'text_too_long'],
    [{ prompt: 'make image 4 red' }, 400, 'image', 'no_image'],
    [{ prompt, model: 'gpt-image-1' }, 404, 'model', 'model_not_found'],
    [{ prompt, n: 5 }, 400, 'n', 'invalid_value'],
    [{ prompt, n: 1.5 }, 400, 'n', 'invalid_value'],
    [{ prompt, size: 'large' }, 400, 'size', 'invalid_value'],
    [{ prompt, size: '0x100' }, 400, 'size', 'invalid_value'],
    [{ prompt, response_format: 'jpeg' }, 400, 'response_format', 'invalid_value'],
    [{ prompt, background: 'transparent' }, 400, 'background', 'unsupported_value'],
    [{ prompt, output_format: 'webp' }, 400, 'output_format', 'unsupported_value'],
    [{ prompt, stream: true }, 400, 'stream', 'unsupported_value'],
    [{ prompt, partial_images: 2 }, 400, 'partial_images', 'unsupported_value'],
    [{ prompt, mask: 'x' }, 400, 'mask', 'unsupported_parameter'],
    [{ prompt, images: ['x'] }, 400, 'images', 'unsupported_value'],
    [{ prompt, steps: 4 }, 400, 'steps', 'unknown_parameter'],
    [{ prompt, mode: 'edit' }, 400, 'mode', 'invalid_value'],
    [{ prompt, seed: -1 }, 400, 'seed', 'invalid_value'],
  ])('%o', async (body, status, param, code) => {
    const response = await post('/images/generations', json(body));
    expect(response.headers.get('x-easel-job')).toBeNull();
    expect({ status: response.status, ...Object((await response.json()).error) }).toMatchObject({
      status,
      param,
      code,
      type: 'invalid_request_error',
      message: expect.stringMatching(/\w{3}.*\.$/),
    });
  });

  it('null and empty mean nothing', async () => {
    const body = { prompt, n: null, size: '', style: null, model: null };
    expect((await post('/images/generations', json(body))).status).toBe(200);
  });

  it.each([['not json'], ['[]'], ['"text"']])('a body that is no object: %s', async (body) => {
    const response = await post('/images/generations', json(body));
    expect([response.status, await response.json()]).toMatchObject([400, { error: { code: 'invalid_json' } }]);
  });

  it('another type of body', async () => {
    const response = await post('/images/edits', { body: 'x', headers: { 'content-type': 'text/plain' } });
    expect(await response.json()).toMatchObject({ error: { code: 'invalid_content_type' } });
  });
});

describe('an image is refused as everywhere, by its place', () => {
  it('none', async () => {
    expect(await errorOf(client.images.edit({ image: [], prompt }))).toMatchObject({ status: 400, param: 'image' });
  });

  it('one that is no picture, among others', async () => {
    const [bag] = await bagAndDress();
    const text = await toFile(Buffer.from('%PDF-1.7 hello'), 'bag.png', { type: 'image/png' });
    if (bag === undefined) throw new Error('no bag');
    expect(await errorOf(client.images.edit({ image: [bag, text], prompt }))).toMatchObject({
      status: 415,
      code: 'image_unreadable',
      param: 'image',
      message: expect.stringMatching(/image 2 isn't a picture.*PDF/),
    });
  });

  it('one over 25 MB', async () => {
    const huge = await toFile(new Uint8Array(26_000_000), 'huge.png', { type: 'image/png' });
    expect(await errorOf(client.images.edit({ image: huge, prompt }))).toMatchObject({
      status: 413,
      code: 'image_too_large',
      message: expect.stringContaining('image 1 is 26 MB'),
    });
  });

  it('more than the model uses, and more than a request may have', async () => {
    const [bag] = await bagAndDress();
    if (bag === undefined) throw new Error('no bag');
    const six = { image: Array.from({ length: 6 }, () => bag), prompt };
    expect(await errorOf(client.images.edit(six))).toMatchObject({ status: 400, code: 'too_many_images' });
    const many = { image: Array.from({ length: 11 }, () => bag), prompt };
    expect(await errorOf(client.images.edit(many))).toMatchObject({ status: 400, code: 'too_many_images' });
  });

  it('a number that it has not', async () => {
    const image = await bagAndDress();
    expect(await errorOf(client.images.edit({ image, prompt: 'make image 3 red' }))).toMatchObject({
      status: 400,
      code: 'unknown_image',
      param: 'prompt',
    });
  });

  it('a mask, and images for a new picture', async () => {
    const [image, mask] = await bagAndDress();
    if (image === undefined || mask === undefined) throw new Error('no images');
    expect(await errorOf(client.images.edit({ image, mask, prompt }))).toMatchObject({ status: 400, param: 'mask' });
    const form = new FormData();
    form.append('prompt', prompt);
    form.append('image', image);
    expect((await post('/images/generations', { body: form })).status).toBe(400);
  });
});

describe('what goes wrong later', () => {
  it('is told to a program, which the official client does not send again', async () => {
    const patient = easel.client(token, 2);
    const accepted = () => /easel_api_accepted_total\{mode="generate"\} (\d+)/.exec(easel.metrics.render())?.[1] ?? '0';
    const before = Number(accepted());
    expect(await errorOf(patient.images.generate({ prompt: 'a bird that runs out of memory' }))).toMatchObject({
      status: 500,
      type: 'server_error',
      code: 'inference_out_of_memory',
      message: expect.not.stringContaining('press'),
    });
    expect(Number(accepted())).toBe(before + 1);
  });

  it('a store that is away is answered with "later" and no inner detail', async () => {
    easel.documents.failNext(1);
    const response = await post('/images/generations', json({ prompt }));
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('5');
    expect(response.headers.get('x-should-retry')).toBe('true');
    expect(await response.json()).toEqual({
      error: {
        message: "I can't reach a part of myself right now. Please try again in a minute.",
        type: 'server_error',
        param: null,
        code: 'store_unavailable',
      },
    });
  });

  it('nobody who works is told at once to whoever waits', async () => {
    const idle = await startApiEasel({ requireWorkers: () => Promise.reject(new AppError('ENGINE_UNAVAILABLE', {})) });
    const waiting = idle.client(await idle.newKey());
    expect(await errorOf(waiting.images.generate({ prompt }))).toMatchObject({
      status: 503,
      code: 'engine_unavailable',
    });
    await idle.stop();
  });

  it.each(['/nothing', '/chat/completions', '/images/variations'])('there is nothing at %s', async (path) => {
    const response = await post(path, json({}));
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ error: { type: 'invalid_request_error', code: 'not_found' } });
  });
});
