import { initChatModel } from 'langchain/chat_models/universal';
import { asChatModel, type ChatModel } from './chat-model.ts';
import type { Provider } from './providers.ts';

export interface ChatModelOptions {
  readonly provider: Provider;
  readonly model: string;
  readonly apiKey?: string;
  /** Absent: the provider's own server, whatever other variables of the environment say. */
  readonly baseUrl?: string;
}

/** Where the official servers are: the SDKs would otherwise follow variables that are meant for pictures or other programs. */
const OFFICIAL: Readonly<Record<string, string>> = {
  openai: 'https://api.openai.com/v1',
  anthropic: 'https://api.anthropic.com',
  'google-genai': 'https://generativelanguage.googleapis.com',
  ollama: 'http://127.0.0.1:11434',
};

/** Switches of LangChain that send every call, pictures and all, to a service that nobody named here. */
const ELSEWHERE = [
  'LANGSMITH_GATEWAY',
  'LANGSMITH_TRACING',
  'LANGSMITH_TRACING_V2',
  'LANGCHAIN_TRACING',
  'LANGCHAIN_TRACING_V2',
];

/** A chat model by its LangChain name; nothing is asked yet. @throws when the provider's package refuses the options. */
export async function openChatModel({ provider, model, apiKey, baseUrl }: ChatModelOptions): Promise<ChatModel> {
  for (const name of ELSEWHERE) delete process.env[name];
  const opened = await initChatModel(model, {
    modelProvider: provider.id,
    // The one retry is ours, and only for answers that cannot be used.
    maxRetries: 0,
    // A server of one's own may want no key, but the SDKs insist on one.
    ...(provider.needsKey ? { apiKey: apiKey ?? 'none' } : {}),
    ...addressOf(provider, baseUrl ?? OFFICIAL[provider.id]),
  });
  return asChatModel(`${provider.id}:${model}`, opened);
}

function addressOf({ addressed }: Provider, url: string | undefined): Readonly<Record<string, unknown>> {
  if (url === undefined || addressed === 'never') return {};
  return addressed === 'configuration' ? { configuration: { baseURL: url } } : { [addressed]: url };
}
