import { z } from 'zod';
import { bytesSchema, imageRequestSchema, imageResultSchema } from '../engines/image-request.ts';

/** What the render child opens, is asked, tells on the way and answers: a `ChildContract`. */
export const renderContract = {
  settings: z.object({
    modelFolder: z.string(),
    device: z.enum(['cpu', 'cuda']),
    threads: z.int().positive().optional(),
    cacheBytes: z.int().nonnegative().optional(),
  }),
  request: z.object({ image: imageRequestSchema, previews: z.boolean() }),
  progress: z.object({
    step: z.int().positive(),
    steps: z.int().positive(),
    preview: bytesSchema.optional(),
  }),
  result: imageResultSchema,
};

export type RenderSettings = z.infer<typeof renderContract.settings>;
