import type { ChatPlatform } from '../../core/ports.ts';

export const API_PLATFORM = 'http-api';

/**
 * The HTTP API as a chat platform: callers fetch what they asked for from the conversation document, so a result is posted
 * by being there. The post's id is its nonce.
 */
export function createApiPlatform(): ChatPlatform {
  return {
    name: API_PLATFORM,
    acknowledge: () => Promise.resolve(),
    postCard: (_target, _card, { nonce }) => Promise.resolve(nonce),
    updateCard: () => Promise.resolve(),
    postResult: (_target, _result, { nonce }) => Promise.resolve(nonce),
    postNotice: (_target, _notice, { nonce }) => Promise.resolve(nonce),
    findPost: (_target, { nonce }) => Promise.resolve(nonce),
  };
}
