import { z } from 'zod';
import { bytesSchema } from '../engines/image-request.ts';

const probability = z.number().min(0).max(1);

/** Probabilities by class, which add up to 1. */
export const pictureScoresSchema = z
  .object({
    /** Drawings and cartoons that anybody may see. */
    drawing: probability,
    /** Pornographic drawings. */
    hentai: probability,
    /** Pictures that anybody may see. */
    neutral: probability,
    /** Pornographic photographs. */
    porn: probability,
    /** Suggestive, not pornographic. */
    sexy: probability,
  })
  .readonly();

export type PictureScores = z.infer<typeof pictureScoresSchema>;

/** What the classifier's child opens, is asked and answers: a `ChildContract`. */
export const classifierContract = {
  settings: z.object({ file: z.string(), threads: z.int().positive() }),
  request: z.object({ image: bytesSchema }),
  progress: z.never(),
  result: pictureScoresSchema,
};
