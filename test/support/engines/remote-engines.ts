import { readFileSync } from 'node:fs';
import { createEngine, type RemoteEngineOptions } from '../../../inference/index.ts';
import { comfyWorkflow, startFakeComfyUi } from './fake-comfyui.ts';
import { startFakeGemini } from './fake-gemini.ts';
import { startFakeOpenAiImages } from './fake-openai-images.ts';

export const OPENAI_KEY = 'sk-proj-abcdef123456';

/** A template as people have it. */
export function templateOf(name: string) {
  return JSON.parse(readFileSync(new URL(`../../../prompts/engines/${name}.json`, import.meta.url), 'utf8'));
}

function secret(value: string) {
  return { reveal: () => value };
}

type OpenAiOptions = Extract<RemoteEngineOptions, { kind: 'openai-images' }>;

/** Remote engines and the servers they speak to, each on loopback. */
export const remoteEngines = {
  async openai(options: Partial<OpenAiOptions> = {}, fakeOptions: Parameters<typeof startFakeOpenAiImages>[0] = {}) {
    const fake = await startFakeOpenAiImages({ key: OPENAI_KEY, ...fakeOptions });
    const engine = createEngine({
      kind: 'openai-images',
      id: 'openai-images',
      baseUrl: fake.baseUrl,
      apiKey: secret(OPENAI_KEY),
      model: 'gpt-image-2',
      maxImages: 4,
      size: { rule: 'free' },
      allowPrivate: true,
      template: templateOf('openai-images.v1'),
      ...options,
    });
    return { engine, fake, stop: () => fake.stop() };
  },

  async gemini(options: Partial<Extract<RemoteEngineOptions, { kind: 'gemini' }>> = {}) {
    const fake = await startFakeGemini();
    const engine = createEngine({
      kind: 'gemini',
      id: 'gemini',
      baseUrl: fake.baseUrl,
      apiKey: secret(fake.key),
      model: 'gemini-3.1-flash-image',
      maxImages: 5,
      allowPrivate: true,
      template: templateOf('gemini.v1'),
      ...options,
    });
    return { engine, fake, stop: () => fake.stop() };
  },

  async comfyui(
    options: Partial<Extract<RemoteEngineOptions, { kind: 'comfyui' }>> = {},
    fakeOptions: Parameters<typeof startFakeComfyUi>[0] = {},
  ) {
    const fake = await startFakeComfyUi(fakeOptions);
    const engine = createEngine({
      kind: 'comfyui',
      id: 'comfyui',
      baseUrl: fake.baseUrl,
      workflows: [comfyWorkflow()],
      allowPrivate: true,
      template: templateOf('plain.v1'),
      ...options,
    });
    return { engine, fake, stop: () => fake.stop() };
  },
};
