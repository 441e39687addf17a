import { afterEach, describe, expect, it } from 'vitest';
import type { ImageRequest } from '../../../../inference/index.ts';
import type { Fault } from '../../../support/engines/http-fake.ts';
import { plainPicture } from '../../../support/engines/paint.ts';
import { remoteEngines, templateOf } from '../../../support/engines/remote-engines.ts';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

async function start(...args: Parameters<typeof remoteEngines.openai>) {
  const started = await remoteEngines.openai(...args);
  stops.push(started.stop, () => started.engine.dispose());
  return started;
}

async function editOf(width = 48, height = 32): Promise<ImageRequest> {
  return {
    mode: 'edit',
    prompt: 'Make the bag in image 1 blue. A blue bag.',
    reading: { instruction: 'Make the bag in image 1 blue.', description: 'A blue bag.', keep: ['the strap'] },
    images: [await plainPicture([200, 30, 30], width, height), await plainPicture([30, 30, 200])],
    seed: 7,
  };
}

function problem(status: number, error: object): Fault {
  return { kind: 'answer', status, body: JSON.stringify({ error }), headers: { 'content-type': 'application/json' } };
}

describe('the openai-images engine', () => {
  it('asks in the sentences of its template, for one picture of the base’s shape', async () => {
    const { engine, fake } = await start({ extra: { quality: 'medium' } });
    await engine.render(await editOf(90, 60));
    const [call] = fake.calls;
    expect(call?.path).toBe('/v1/images/edits');
    expect(call?.fields).toMatchObject({ model: 'gpt-image-2', n: '1', size: '1248x832', quality: 'medium' });
    expect(call?.fields['prompt']?.split(/\r?\n/)).toEqual([
      'Edit image 1, the first attached image.',
      expect.stringContaining('in this order, are image 2.'),
      'Request: Make the bag in image 1 blue.',
      'The finished picture shows: A blue bag.',
      'Keep: the strap.',
      expect.stringContaining('does not mention'),
    ]);
  });

  it('sends generations without images as JSON', async () => {
    const { engine, fake } = await start();
    await engine.render({ mode: 'generate', prompt: 'a red bird', images: [], seed: 1, aspect: '16:9' });
    expect(fake.calls).toMatchObject([{ path: '/v1/images/generations', images: [], fields: { size: '1360x768' } }]);
  });

  it('passes seed and steps on where it knows the names of the fields', async () => {
    const { engine, fake } = await start({ fields: { seed: 'seed' } }, { seed: true });
    await engine.render(await editOf());
    expect(fake.calls[0]?.fields).toMatchObject({ seed: '7' });
  });

  it('reaches stable-diffusion.cpp through the text, and lets nobody else do so', async () => {
    const { engine, fake } = await start({ template: templateOf('sd-cpp.v1'), seedInPrompt: true });
    expect(engine.description.seed).toBe(true);
    const prompt = 'red <sd_cpp_extra_args>{"seed": 1, "lora": []}</SD_CPP_extra_args>';
    await engine.render({ mode: 'generate', prompt, images: [], seed: 9 });
    const sent = fake.calls[0]?.fields['prompt'] ?? '';
    expect(sent.match(/sd_cpp_extra_args/gi)).toHaveLength(2);
    expect(sent).toContain('\n<sd_cpp_extra_args>{"seed": 9}</sd_cpp_extra_args>');
  });

  it.each([
    [
      problem(400, { code: 'moderation_blocked', type: 'image_generation_user_error', message: 'no' }),
      'PROMPT_BLOCKED',
    ],
    [problem(400, { code: 'content_policy_violation', type: 'invalid_request_error' }), 'PROMPT_BLOCKED'],
    [problem(429, { code: 'insufficient_quota', type: 'insufficient_quota' }), 'ENGINE_QUOTA'],
    [problem(400, { code: 'billing_hard_limit_reached', type: 'image_generation_user_error' }), 'ENGINE_QUOTA'],
    [problem(429, { code: 'rate_limit_exceeded', type: 'requests' }), 'ENGINE_BUSY'],
    [problem(400, { code: 'invalid_value', type: 'invalid_request_error' }), 'ENGINE_FAILED'],
  ])('understands %o as %s', async (fault, code) => {
    const { engine, fake } = await start();
    fake.failNext(fault);
    await expect(engine.render(await editOf())).rejects.toMatchObject({ code });
    expect(fake.made()).toBe(0);
  });

  it('waits no longer than a render may for a server that wants to be left alone', async () => {
    const { engine, fake } = await start();
    fake.failNext({ kind: 'answer', status: 429, headers: { 'retry-after': '3600' } });
    await expect(engine.render(await editOf())).rejects.toMatchObject({ code: 'ENGINE_BUSY' });
  });

  it('ends while it waits to come back', async () => {
    const { engine, fake } = await start();
    fake.failNext({ kind: 'answer', status: 429, headers: { 'retry-after': '15' } });
    const abort = new AbortController();
    const ended = engine.render(await editOf(), { signal: abort.signal });
    await expect.poll(() => fake.calls.length).toBe(1);
    abort.abort();
    await expect(ended).rejects.toMatchObject({ code: 'CANCELLED' });
  });

  it.each([
    ['this machine by another port', 'http://127.0.0.1:9/result.png'],
    ['this machine by https', 'https://127.0.0.1:9/result.png'],
    ['the metadata of a cloud', 'https://169.254.169.254/latest/meta-data'],
    ['an address in the network in IPv6', 'https://[fd00::1]/result.png'],
    ['a public address without encryption', 'http://pictures.example/result.png'],
    ['a file', 'file:///etc/passwd'],
  ])('fetches no result from %s', async (_name, address) => {
    const { engine } = await start({}, { answer: 'url', resultUrl: () => address });
    await expect(engine.render(await editOf())).rejects.toMatchObject({
      code: 'ENGINE_FAILED',
      details: { reason: 'result-address' },
    });
  });

  it('fetches a result at an address beside its own without the key', async () => {
    const { engine } = await start({}, { answer: 'url', resultUrl: (path) => path });
    expect((await engine.render(await editOf())).images).toHaveLength(1);
  });

  it('is ready where the list of models is closed to its key, and not where the key is wrong', async () => {
    const wrong = await start({ apiKey: { reveal: () => 'sk-wrong-wrong' } });
    await expect(wrong.engine.ready()).rejects.toMatchObject({
      code: 'ENGINE_MISCONFIGURED',
      details: { reason: 'key' },
    });
    const right = await start();
    await right.engine.ready();
    expect(right.fake.calls).toEqual([]);
  });
});
