import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import OpenAI, { toFile } from 'openai';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { RunningCommand } from '../../support/easel-command.ts';
import { runInProcess } from '../../support/easel-in-process.ts';
import { addressOf, useEaselRuns } from '../../support/easel-runs.ts';
import { errorOf, sizesOf } from '../../support/http-api/read-answers.ts';

const IMAGES = ['first', 'second'].map((name) =>
  fileURLToPath(new URL(`../../parity/goldens/images/${name}.png`, import.meta.url)),
);
const jobSchema = z.object({
  id: z.string(),
  status: z.string(),
  result: z.object({ data: z.array(z.object({ url: z.string() })) }).optional(),
});

const { home, start } = useEaselRuns();
const baseUrlOf = async (command: RunningCommand) => `${await addressOf(command)}/v1`;

const keys = (...args: readonly string[]) => runInProcess(['keys', ...args], { EASEL_HOME: home() });

describe('the HTTP API of easel start', { timeout: 180_000 }, () => {
  it('is off until there is a key, which can be made and revoked while it runs', async () => {
    const baseURL = await baseUrlOf(start());
    expect(await errorOf(new OpenAI({ baseURL, apiKey: 'none' }).models.list())).toMatchObject({ status: 403 });
    const made = await keys('create', 'open webui', '--per-day', '20');
    expect(made).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('20 pictures a day') });
    const client = new OpenAI({ baseURL, apiKey: made.stdout, maxRetries: 5 });
    expect((await client.models.list()).data).toMatchObject([{ id: 'tiny-small' }]);

    // Those who wait are sent away until the model is open; the client comes again by itself.
    const image = await Promise.all(IMAGES.map(async (file) => toFile(await readFile(file), 'image.png')));
    const edited = await client.images.edit({ image, prompt: 'Give image 1 the pattern of image 2.' });
    expect(await sizesOf(edited)).toEqual(['32x24']);
    const drawn = await client.images.generate({ prompt: 'a red bird', n: 2, response_format: 'url' });
    for (const { url = '' } of drawn.data ?? []) expect((await fetch(url)).status).toBe(200);
    const metrics = await (await fetch(baseURL.replace('/v1', '/metrics'))).text();
    expect(metrics).toContain('easel_api_accepted_total{mode="edit"} 1');

    expect(await keys('revoke', 'open webui')).toMatchObject({ exitCode: 0 });
    expect(await errorOf(client.models.list())).toMatchObject({ status: 403, code: 'key_revoked' });
  });

  it('makes the picture of a job once, although the process is killed in the middle', async () => {
    const { stdout: apiKey } = await keys('create', 'jobs');
    const killed = start();
    const first = new OpenAI({ baseURL: await baseUrlOf(killed), apiKey, maxRetries: 0 });
    const headers = { 'Idempotency-Key': 'bird' };
    const body = { prompt: 'a red bird' };
    const { id } = jobSchema.parse(await first.post('/jobs', { body, headers }));
    killed.child.kill('SIGKILL');
    await killed.ended();

    const second = new OpenAI({ baseURL: await baseUrlOf(start()), apiKey, maxRetries: 0 });
    expect(jobSchema.parse(await second.post('/jobs', { body, headers })).id).toBe(id);
    const read = async () => jobSchema.parse(await second.get(`/jobs/${id}`));
    await expect.poll(read, { timeout: 120_000 }).toMatchObject({ status: 'completed' });
    const done = await read();
    expect(done.result?.data).toHaveLength(1);
    expect((await fetch(done.result?.data[0]?.url ?? '')).status).toBe(200);
  });
});
