import type { SafetyFilter } from '../../../core/ports.ts';

/** Blocks the prompts and pictures that contain one of the given words. */
export function createWordFilter(blocked: { readonly prompt?: string; readonly image?: string }) {
  return {
    checkPrompt: (prompt) => Promise.resolve(contains(prompt, blocked.prompt) ? 'blocked' : 'allowed'),
    checkImage: (bytes) =>
      Promise.resolve(contains(new TextDecoder().decode(bytes), blocked.image) ? 'blocked' : 'allowed'),
  } satisfies SafetyFilter;
}

function contains(text: string, word: string | undefined): boolean {
  return word !== undefined && text.includes(word);
}
