import { AppError } from '../../../core/errors.ts';
import type { SafetyFilter } from '../../../core/ports.ts';

/** Refuses the prompts and pictures that contain one of the given words, and records what it was shown. */
export function createWordFilter(refused: { readonly prompt?: string; readonly image?: string }) {
  const pictures: string[] = [];
  const filter = {
    async checkPrompt(prompt, { signal }) {
      if (signal.aborted) throw new AppError('CANCELLED', {});
      return contains(prompt, refused.prompt) ? { verdict: 'refuse', category: 'other' } : { verdict: 'ok' };
    },
    async checkImage(bytes, { signal }) {
      if (signal.aborted) throw new AppError('CANCELLED', {});
      const picture = new TextDecoder().decode(bytes);
      pictures.push(picture);
      return contains(picture, refused.image) ? { verdict: 'refuse', category: 'explicit' } : { verdict: 'ok' };
    },
  } satisfies SafetyFilter;
  return { ...filter, pictures };
}

function contains(text: string, word: string | undefined): boolean {
  return word !== undefined && text.includes(word);
}
