import { randomBytes } from 'node:crypto';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ImageRequest } from '../../../../inference/index.ts';
import { problem } from '../../../support/engines/fake-gemini.ts';
import type { Fault, Reply } from '../../../support/engines/http-fake.ts';
import { plainPicture } from '../../../support/engines/paint.ts';
import { remoteEngines } from '../../../support/engines/remote-engines.ts';

let started: Awaited<ReturnType<typeof remoteEngines.gemini>>;
let request: ImageRequest;
beforeEach(async () => {
  started = await remoteEngines.gemini();
  const images = [await plainPicture([200, 30, 30], 90, 60), await plainPicture([30, 30, 200])];
  request = { mode: 'edit', prompt: 'Make image 1 like image 2.', images, seed: 7 };
});
afterEach(async () => {
  await started.engine.dispose();
  await started.stop();
});

function answer({ status, body, headers }: Reply): Fault {
  return { kind: 'answer', status, body: body.toString(), headers: { ...headers } };
}

describe('the gemini engine', () => {
  it('names each image before it comes, then says what to do, in the base’s shape', async () => {
    const { images, warnings } = await started.engine.render(request);
    const [call] = started.fake.calls;
    expect(call?.texts.slice(0, 2)).toEqual(['Image 1:', 'Image 2:']);
    expect(call?.texts[2]).toContain('Request: Make image 1 like image 2.');
    expect(call).toMatchObject({ aspectRatio: '3:2', model: 'gemini-3.1-flash-image' });
    const [{ widthPx, heightPx } = { widthPx: 0, heightPx: 1 }] = images;
    expect(widthPx / heightPx).toBeCloseTo(1.5, 1);
    expect(warnings.join()).not.toContain('shape');
  });

  it('makes the shape that is nearest and says so where there is no other', async () => {
    const { warnings } = await started.engine.render({ ...request, aspect: '4:1' });
    expect(started.fake.calls[0]?.aspectRatio).toBe('21:9');
    expect(warnings.join()).toContain('another shape');
  });

  it('sends a smaller copy of what would not fit, never one image less', async () => {
    const noise = (side: number) =>
      sharp(randomBytes(side * side * 3), { raw: { width: side, height: side, channels: 3 } })
        .png()
        .toBuffer();
    const { warnings } = await started.engine.render({ ...request, images: [await noise(1600), await noise(1600)] });
    expect(started.fake.calls[0]?.images).toHaveLength(2);
    expect(warnings.filter((warning) => warning.includes('smaller copy'))).toHaveLength(2);
  });

  it.each([
    ['a request that is blocked', { promptFeedback: { blockReason: 'PROHIBITED_CONTENT' } }, 'PROMPT_BLOCKED'],
    ['a picture that is held back', { candidates: [{ finishReason: 'IMAGE_SAFETY' }] }, 'RESULT_BLOCKED'],
    ['an answer without a picture', { candidates: [{ finishReason: 'NO_IMAGE' }] }, 'ENGINE_FAILED'],
    ['no answer at all', {}, 'ENGINE_FAILED'],
  ])('understands %s', async (_name, body, code) => {
    started.fake.failNext({
      kind: 'answer',
      status: 200,
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    });
    await expect(started.engine.render(request)).rejects.toMatchObject({ code });
  });

  it.each([
    [
      'a day’s quota',
      problem(429, 'RESOURCE_EXHAUSTED', [{ violations: [{ quotaId: 'GenerateRequestsPerDayPerProject' }] }]),
      'ENGINE_QUOTA',
    ],
    [
      'a minute’s quota',
      problem(429, 'RESOURCE_EXHAUSTED', [{ violations: [{ quotaId: 'GenerateRequestsPerMinute' }] }]),
      'ENGINE_BUSY',
    ],
    ['a place without the API', problem(400, 'FAILED_PRECONDITION'), 'ENGINE_MISCONFIGURED'],
    ['a model that is busy', problem(503, 'UNAVAILABLE'), 'ENGINE_UNAVAILABLE'],
    ['a key without rights', problem(403, 'PERMISSION_DENIED'), 'ENGINE_MISCONFIGURED'],
  ])('understands %s', async (_name, reply, code) => {
    started.fake.failNext(answer(reply));
    await expect(started.engine.render(request)).rejects.toMatchObject({ code });
  });

  it('comes back when the body says when', async () => {
    started.fake.failNext(answer(problem(429, 'RESOURCE_EXHAUSTED', [{ retryDelay: '0.01s' }])));
    expect((await started.engine.render(request)).images).toHaveLength(1);
    expect(started.fake.calls).toHaveLength(2);
  });

  it('is not ready with a wrong key', async () => {
    const wrong = await remoteEngines.gemini({ apiKey: { reveal: () => 'AIza-other' } });
    await expect(wrong.engine.ready()).rejects.toMatchObject({
      code: 'ENGINE_MISCONFIGURED',
      details: { reason: 'key' },
    });
    await wrong.engine.dispose();
    await wrong.stop();
  });
});
