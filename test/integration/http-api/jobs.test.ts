import type { OpenAI } from 'openai';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type ApiEasel, startApiEasel } from '../../support/http-api/api-easel.ts';
import { bagAndDress, errorOf } from '../../support/http-api/read-answers.ts';

const jobSchema = z.looseObject({
  id: z.string(),
  status: z.string(),
  result: z
    .looseObject({ data: z.array(z.object({ url: z.string().optional(), b64_json: z.string().optional() })) })
    .optional(),
});

let easel: ApiEasel;
let client: OpenAI;
beforeEach(async () => {
  easel = await startApiEasel();
  client = easel.client(await easel.newKey());
});
afterEach(() => easel.stop());

const prompt = 'a red bird';
const begin = async (body: object) => jobSchema.parse(await client.post('/jobs', { body }));
const read = async (id: string, query = '') => jobSchema.parse(await client.get(`/jobs/${id}${query}`));

describe('a job', () => {
  it('tells its place in the queue, its steps, and brings its pictures', async () => {
    easel.hold();
    const first = await begin({ prompt });
    await easel.held();
    const second = await begin({ prompt, n: 2, quality: 'high', size: '512x512' });
    expect(second).toMatchObject({ object: 'image.job', status: 'queued', pictures: { asked: 2, made: 0 } });
    expect(second['warnings']).toEqual([expect.stringContaining('512x512'), expect.stringContaining('quality')]);
    await expect.poll(() => read(second.id)).toMatchObject({ status: 'queued', queue_position: 1 });
    easel.letOneStep();
    await easel.held();
    expect(await read(first.id)).toMatchObject({ status: 'in_progress', step: 1, steps: 3 });
    easel.release();
    await easel.jobs.idle();
    const done = await read(second.id);
    expect(done).toMatchObject({ status: 'completed', pictures: { asked: 2, made: 2 }, result: { size: '256x256' } });
    expect(done.result?.data).toHaveLength(2);
    const bytes = Buffer.from(await (await fetch(done.result?.data[0]?.url ?? '')).arrayBuffer());
    const withBytes = await read(second.id, '?response_format=b64_json');
    expect(withBytes.result?.data[0]?.b64_json).toBe(bytes.toString('base64'));
  });

  it('takes images, and reads them as edits or as examples for a new picture', async () => {
    const form = new FormData();
    form.append('prompt', 'make image 1 like image 2');
    for (const image of await bagAndDress()) form.append('image[]', image);
    const { response } = await client.post('/jobs', { body: form }).withResponse();
    expect(response.status).toBe(202);
    expect(response.headers.get('location')).toBe(`/v1/jobs/${response.headers.get('x-easel-job')}`);
    expect((await easel.turnOf(response)).chosenMode).toBe('edit');
    form.append('mode', 'generate');
    const again = await client.post('/jobs', { body: form }).asResponse();
    expect((await easel.turnOf(again)).chosenMode).toBe('generate');
  });

  it('is cancelled while it waits and while it is made, and only once', async () => {
    easel.hold();
    const [running, waiting] = [await begin({ prompt }), await begin({ prompt })];
    await easel.held();
    for (const { id } of [waiting, running, running]) {
      expect(await client.post(`/jobs/${id}/cancel`)).toMatchObject({ id, status: 'cancelled', pictures: { made: 0 } });
    }
    easel.release();
    await easel.jobs.idle();
    expect(await read(running.id)).toMatchObject({ status: 'cancelled' });
    const done = await begin({ prompt });
    await easel.jobs.idle();
    expect(await client.post(`/jobs/${done.id}/cancel`)).toMatchObject({ status: 'completed' });
  });

  it('says why it failed', async () => {
    const { id } = await begin({ prompt: 'a bird that runs out of memory' });
    await easel.jobs.idle();
    expect(await read(id)).toMatchObject({
      status: 'failed',
      error: { code: 'inference_out_of_memory', type: 'server_error', param: null },
    });
  });

  it('belongs to its key', async () => {
    const { id } = await begin({ prompt });
    const stranger = easel.client(await easel.newKey());
    for (const ask of [stranger.get(`/jobs/${id}`), stranger.post(`/jobs/${id}/cancel`), client.get('/jobs/nothing')]) {
      expect(await errorOf(ask)).toMatchObject({ status: 404, code: 'turn_unknown' });
    }
  });

  it('outlives the process that took it', async () => {
    easel.hold();
    const { id } = await begin({ prompt });
    await easel.held();
    await easel.restart();
    easel.release();
    await easel.jobs.idle();
    expect(await read(id)).toMatchObject({ status: 'completed', pictures: { made: 1 } });
  });
});

describe('a request that waits', () => {
  it('is cancelled when its caller goes away, unless it is named', async () => {
    easel.hold();
    const gone = new AbortController();
    const left = client.images.generate({ prompt }, { signal: gone.signal });
    await easel.held();
    const headers = { 'Idempotency-Key': 'bird 1' };
    const named = client.images.generate({ prompt }, { signal: gone.signal, headers });
    await expect.poll(() => easel.metrics.render()).toMatch(/accepted_total\{mode="generate"\} 2/);
    gone.abort();
    await Promise.all([errorOf(left), errorOf(named)]);
    await expect.poll(() => easel.engineCalls()).toEqual({ begun: 1, cancelled: 1 });
    easel.release();
    await easel.jobs.idle();
    const again = await client.images.generate({ prompt }, { headers });
    expect(again.data).toHaveLength(1);
    expect(easel.engineCalls()).toEqual({ begun: 2, cancelled: 1 });
  });

  it('is answered with the same pictures when its name comes again, and refused when the name meant something else', async () => {
    const headers = { 'Idempotency-Key': 'bird 2' };
    const [first, second] = await Promise.all([1, 2].map(() => client.images.generate({ prompt }, { headers })));
    expect(second).toEqual(first);
    expect(await errorOf(client.images.generate({ prompt: 'a cat' }, { headers }))).toMatchObject({
      status: 409,
      code: 'idempotency_key_reused',
    });
    const stranger = easel.client(await easel.newKey());
    expect(await stranger.images.generate({ prompt }, { headers })).not.toEqual(first);
  });

  it('hears that the server stops, and the same name gets its pictures from the next one', async () => {
    easel.hold();
    const headers = { 'Idempotency-Key': 'bird 3' };
    const cut = errorOf(client.images.generate({ prompt }, { headers }));
    await easel.held();
    await easel.restart();
    expect(await cut).toMatchObject({
      status: 503,
      code: 'server_stops',
      message: expect.stringContaining('/v1/jobs/'),
    });
    const again = client.images.generate({ prompt }, { headers });
    easel.release();
    expect((await again).data).toHaveLength(1);
    expect(easel.engineCalls()).toEqual({ begun: 1, cancelled: 0 });
  });

  it('comes again by itself when it is named, so that its caller notices no restart', async () => {
    easel.hold();
    const patient = easel.client(await easel.newKey(), 2);
    const named = patient.images.generate({ prompt }, { headers: { 'Idempotency-Key': 'bird 4' } });
    await easel.held();
    await easel.restart();
    easel.release();
    expect((await named).data).toHaveLength(1);
    expect(easel.engineCalls()).toEqual({ begun: 1, cancelled: 0 });
  });
});
