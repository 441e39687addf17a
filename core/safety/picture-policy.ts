import type { SafetyFilter } from '../ports.ts';
import type { PictureVerdict } from './picture-verdict.ts';
import { judgeText } from './text-policy.ts';

/** Probabilities by class, 0 to 1, that add up to 1. */
export type PictureScores = Readonly<Record<'drawing' | 'hentai' | 'neutral' | 'porn' | 'sexy', number>>;

/** Looks at an encoded picture. @throws AppError SAFETY_UNAVAILABLE, CANCELLED */
export type ClassifyPicture = (bytes: Uint8Array, options: { readonly signal: AbortSignal }) => Promise<PictureScores>;

export interface PicturePolicy {
  /** Whether pictures are refused that are only suggestive. */
  readonly isStrict: boolean;
  /** From which probability on a picture is refused, 0 to 1. */
  readonly threshold: number;
}

/** Whether a picture may be used and shown. The two explicit classes count together: a drawing of a photograph is both. */
export function judgePicture(
  { porn, hentai, sexy }: PictureScores,
  { isStrict, threshold }: PicturePolicy,
): PictureVerdict {
  if (porn + hentai >= threshold) return { verdict: 'refuse', category: 'explicit' };
  if (isStrict && porn + hentai + sexy >= threshold) return { verdict: 'refuse', category: 'suggestive' };
  return { verdict: 'ok' };
}

/** The filter of a worker. @param pictures absent: only texts are judged, which cannot be turned off. */
export function createSafetyFilter(pictures?: PicturePolicy & { readonly classify: ClassifyPicture }): SafetyFilter {
  return {
    checkPrompt: (prompt) => Promise.resolve(judgeText(prompt)),
    async checkImage(bytes, { signal }) {
      if (pictures === undefined) return { verdict: 'ok' };
      return judgePicture(await pictures.classify(bytes, { signal }), pictures);
    },
  };
}
