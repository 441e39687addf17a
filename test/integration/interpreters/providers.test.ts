import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openChatModel } from '../../../prompts/chat-models/open-chat-model.ts';
import { findProvider, PROVIDER_NAMES } from '../../../prompts/chat-models/providers.ts';
import { startFakeChatProviders } from '../../support/engines/fake-chat-providers.ts';
import { plainPicture } from '../../support/engines/paint.ts';

let fake: Awaited<ReturnType<typeof startFakeChatProviders>>;
beforeEach(async () => {
  fake = await startFakeChatProviders('{"mode":"chat"}');
});
afterEach(() => fake.stop());

async function open(name: string, apiKey?: string) {
  const provider = findProvider(name);
  if (provider === undefined) throw new Error(`no provider ${name}`);
  const key = apiKey === undefined ? {} : { apiKey };
  return openChatModel({
    provider,
    model: name.startsWith('google') ? 'gemini-3.1-flash' : 'some-model',
    baseUrl: fake.url,
    ...key,
  });
}

describe('chat models of other providers', () => {
  it.each([
    ['anthropic', 'anthropic', 'image/png', 'key-of-it'],
    ['google', 'google', 'image/png', 'key-of-it'],
    ['google-genai', 'google', 'image/png', 'key-of-it'],
    ['ollama', 'ollama', 'image', undefined],
  ])('asks %s with labels and pictures in order and reads what it says', async (name, provider, shown, key) => {
    const pictures = [await plainPicture([200, 0, 0]), await plainPicture([0, 0, 200])];
    const model = await open(name, key);
    const content = pictures.flatMap((bytes, index) => [
      { kind: 'text' as const, text: `image ${index + 1}` },
      { kind: 'image' as const, bytes, contentType: 'image/png' },
    ]);
    const answer = await model.ask(
      [
        { role: 'system', content: [{ kind: 'text', text: 'You read.' }] },
        { role: 'user', content },
      ],
      { signal: AbortSignal.timeout(30_000) },
    );
    expect(fake.failures).toEqual([]);
    expect(answer).toEqual({ kind: 'text', text: '{"mode":"chat"}', isCut: false });
    expect(fake.calls).toHaveLength(1);
    expect(fake.calls[0]).toMatchObject({ provider, key, said: ['image 1', shown, 'image 2', shown] });
    expect(fake.calls[0]?.images.map((bytes) => Buffer.from(bytes))).toEqual(pictures);
    expect(JSON.stringify(fake.calls[0])).toContain('You read.');
  });

  it('gives no reason but its own words for what a provider says', async () => {
    await fake.stop();
    const model = await open('anthropic', 'key-of-it');
    const asked = [{ role: 'user', content: [{ kind: 'text', text: 'hello' }] }] as const;
    expect(await model.ask(asked, { signal: AbortSignal.timeout(30_000) })).toEqual({
      kind: 'failed',
      reason: 'unreachable',
    });
    fake = await startFakeChatProviders('');
  });

  it('are known by name, and by no name that every object has', () => {
    expect(PROVIDER_NAMES).toEqual(expect.arrayContaining(['openai', 'anthropic', 'google', 'ollama']));
    expect(findProvider('constructor')).toBeUndefined();
  });
});
