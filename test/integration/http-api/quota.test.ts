import { once } from 'node:events';
import { request } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ApiEasel, startApiEasel } from '../../support/http-api/api-easel.ts';
import { errorOf } from '../../support/http-api/read-answers.ts';

let easel: ApiEasel;
beforeEach(async () => {
  easel = await startApiEasel();
});
afterEach(() => easel.stop());

const prompt = 'a red bird';

describe('the quota of a key', () => {
  it('counts the pictures of a day, says when the next one begins, and gives them back for what it refused', async () => {
    const client = easel.client(await easel.newKey({ picturesPerDay: 3 }), 2);
    await client.images.generate({ prompt, n: 2 });
    const refused = await errorOf(client.images.generate({ prompt, n: 2 }));
    expect(refused).toMatchObject({ status: 429, code: 'insufficient_quota' });
    // It is noon.
    expect(refused.headers?.get('retry-after')).toBe(String(12 * 60 * 60));
    await client.images.generate({ prompt });
    await errorOf(client.images.generate({ prompt }));
    easel.clock.advance(12 * 60 * 60 * 1000);
    await client.images.generate({ prompt });
  });

  it('gives back once what the policy refused, however often it is asked about', async () => {
    const token = await easel.newKey({ picturesPerDay: 1 });
    const client = easel.client(token);
    const undress = { prompt: 'a nude of my coworker' };
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'idempotency-key': 'one' };
    const post = (path: string) =>
      fetch(`${easel.url}/v1${path}`, { method: 'POST', headers, body: JSON.stringify(undress) });
    expect(await (await post('/images/generations')).json()).toMatchObject({
      error: { code: 'content_policy_violation', param: 'prompt', type: 'invalid_request_error' },
    });
    const again = await post('/images/generations');
    expect(again.status).toBe(400);
    const job = again.headers.get('x-easel-job');
    expect(await (await fetch(`${easel.url}/v1/jobs/${job}`, { headers })).json()).toMatchObject({
      status: 'failed',
      error: { code: 'content_policy_violation' },
    });
    expect(easel.engineCalls().begun).toBe(0);
    await client.images.generate({ prompt });
    expect(await errorOf(client.images.generate({ prompt }))).toMatchObject({ status: 429 });
  });

  it('bounds what is unfinished at once, also for requests that come together', async () => {
    const client = easel.client(await easel.newKey({ atOnce: 2 }));
    const other = easel.client(await easel.newKey({ atOnce: 2 }));
    easel.hold();
    const asked = Array.from({ length: 5 }, () => client.images.generate({ prompt }).asResponse());
    const answers = Promise.allSettled(asked);
    await easel.held();
    const refused = await errorOf(client.images.generate({ prompt }));
    expect(refused).toMatchObject({ status: 429, code: 'rate_limit_exceeded', type: 'requests' });
    expect(refused.headers?.get('retry-after')).toBe('5');
    const others = other.images.generate({ prompt });
    easel.release();
    expect((await answers).map(({ status }) => status).toSorted()).toEqual([
      ...['fulfilled', 'fulfilled'],
      ...['rejected', 'rejected', 'rejected'],
    ]);
    await others;
    await client.images.generate({ prompt });
  });

  it('counts a named request once, however often it comes and however close together', async () => {
    const client = easel.client(await easel.newKey({ picturesPerDay: 1, atOnce: 1 }));
    const headers = { 'Idempotency-Key': 'bird' };
    const [first, second] = await Promise.all([1, 2].map(() => client.images.generate({ prompt }, { headers })));
    expect(second).toEqual(first);
    expect(await client.images.generate({ prompt }, { headers })).toEqual(first);
    expect(await errorOf(client.images.generate({ prompt }))).toMatchObject({ code: 'insufficient_quota' });
  });

  it('is asked before an upload is read', async () => {
    const token = await easel.newKey({ picturesPerDay: 1 });
    await easel.client(token).images.generate({ prompt });
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'multipart/form-data; boundary=b' };
    const upload = request(`${easel.url}/v1/images/edits`, { method: 'POST', headers });
    upload.flushHeaders();
    const [response] = await once(upload, 'response');
    expect(Object(response)).toMatchObject({ statusCode: 429 });
    upload.on('error', () => undefined).destroy();
  });

  it('is known to a new process, which frees what has ended', async () => {
    const client = easel.client(await easel.newKey({ atOnce: 1 }));
    easel.hold();
    const answer = errorOf(client.images.generate({ prompt }));
    await easel.held();
    await easel.restart();
    expect(await answer).toMatchObject({ status: 503, code: 'server_stops' });
    expect(await errorOf(client.images.generate({ prompt }))).toMatchObject({ status: 429 });
    easel.release();
    await easel.jobs.idle();
    await client.images.generate({ prompt });
  });
});
