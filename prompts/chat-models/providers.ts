import { createRequire } from 'node:module';

/** A provider of chat models that LangChain opens by name. */
export interface Provider {
  /** LangChain's name of it. */
  readonly id: string;
  readonly package: string;
  /** Which of the known keys is its own; absent: none but the explicit one. */
  readonly key?: 'openai' | 'anthropic' | 'gemini';
  readonly needsKey: boolean;
  /** How its class is told the address of another server. */
  readonly addressed: 'configuration' | 'baseUrl' | 'anthropicApiUrl' | 'never';
}

function other(id: string, name: string): Provider {
  return { id, package: `@langchain/${name}`, needsKey: true, addressed: 'never' };
}

const GOOGLE: Provider = {
  ...{ id: 'google-genai', package: '@langchain/google-genai', key: 'gemini' },
  ...{ needsKey: true, addressed: 'baseUrl' },
};

const PROVIDERS: Readonly<Record<string, Provider>> = {
  openai: {
    ...{ id: 'openai', package: '@langchain/openai', key: 'openai' },
    ...{ needsKey: true, addressed: 'configuration' },
  },
  anthropic: {
    ...{ id: 'anthropic', package: '@langchain/anthropic', key: 'anthropic' },
    ...{ needsKey: true, addressed: 'anthropicApiUrl' },
  },
  google: GOOGLE,
  'google-genai': GOOGLE,
  ollama: { id: 'ollama', package: '@langchain/ollama', needsKey: false, addressed: 'baseUrl' },
  mistralai: other('mistralai', 'mistralai'),
  groq: other('groq', 'groq'),
  xai: other('xai', 'xai'),
  fireworks: other('fireworks', 'fireworks'),
  together: other('together', 'together-ai'),
  cohere: other('cohere', 'cohere'),
};

export const PROVIDER_NAMES: readonly string[] = Object.keys(PROVIDERS);

export function findProvider(name: string): Provider | undefined {
  return Object.hasOwn(PROVIDERS, name) ? PROVIDERS[name] : undefined;
}

/** Whether the package that speaks to the provider is installed here. */
export function isInstalled({ package: name }: Provider): boolean {
  try {
    createRequire(import.meta.url).resolve(name);
    return true;
  } catch {
    return false;
  }
}
