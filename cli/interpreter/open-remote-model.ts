import type { Config } from '../../core/config.ts';
import type { ChatModel } from '../../core/ports.ts';
import type { VlmPlan } from './check-vlm.ts';

/** A chat model on a server; nothing is asked yet. LangChain is loaded with the first one. */
export async function openRemoteModel(
  { provider, model, apiKey }: Extract<VlmPlan, { readonly kind: 'chat' }>,
  { chatModel: { baseUrl } }: Config,
): Promise<ChatModel> {
  const { openChatModel } = await import('../../prompts/chat-models/open-chat-model.ts');
  return openChatModel({
    provider,
    model,
    ...(apiKey === undefined ? {} : { apiKey }),
    ...(baseUrl === undefined ? {} : { baseUrl }),
  });
}
