import { z } from 'zod';

/** The longest text that is tokenised; the chat's own limit is lower. */
const MAX_PROMPT_CHARACTERS = 10_000;

/** Bytes of an encoded image; a Buffer is one too. */
export const bytesSchema = z.custom<Uint8Array>((value) => value instanceof Uint8Array, 'must be a Uint8Array');

/** One picture to make, as an engine is asked for it. */
export const imageRequestSchema = z
  .object({
    /** `edit` keeps the first image, the base; `generate` makes a new picture. */
    mode: z.enum(['edit', 'generate']),
    /** Mentions of images are positions in `images`, from 1. */
    prompt: z.string().min(1).max(MAX_PROMPT_CHARACTERS),
    /** What the prompt was composed of, for engines that are asked in sentences of their own. Mentions are positions too. */
    reading: z
      .object({
        instruction: z.string().max(MAX_PROMPT_CHARACTERS),
        description: z.string().max(MAX_PROMPT_CHARACTERS),
        keep: z.array(z.string()).readonly(),
      })
      .readonly()
      .optional(),
    negativePrompt: z.string().max(MAX_PROMPT_CHARACTERS).optional(),
    /** Absent: chosen from mode and number of images. `none` turns adapters off. */
    adapter: z.string().optional(),
    /** Encoded images (PNG, JPEG, WebP, GIF); edit: the base first. */
    images: z.array(bytesSchema).readonly(),
    seed: z.int().nonnegative(),
    steps: z.int().min(1).max(200).optional(),
    guidance: z.number().min(0).max(100).optional(),
    /** width:height; absent: the base's aspect, or the model's first size. */
    aspect: z
      .string()
      .regex(/^[1-9]\d{0,3}:[1-9]\d{0,3}$/, 'must be width:height, such as 16:9')
      .refine((aspect) => Math.abs(Math.log(aspectRatio(aspect))) <= Math.log(4), 'must lie between 1:4 and 4:1')
      .optional(),
  })
  .readonly();

export type ImageRequest = z.infer<typeof imageRequestSchema>;

export const imageResultSchema = z
  .object({
    /** One PNG. */
    images: z
      .array(
        z
          .object({
            bytes: bytesSchema,
            contentType: z.string(),
            widthPx: z.int().positive(),
            heightPx: z.int().positive(),
          })
          .readonly(),
      )
      .readonly(),
    /** The adapter that was used, or `none`. */
    adapter: z.string(),
    steps: z.int().positive(),
    /** Sentences for people: what was cut, missing or beyond what the model was trained on. */
    warnings: z.array(z.string()).readonly(),
    /** encode, denoise, decode, total. */
    timingsMs: z.record(z.string(), z.number()).readonly(),
  })
  .readonly();

export type ImageResult = z.infer<typeof imageResultSchema>;

/** width / height of "width:height". */
export function aspectRatio(aspect: string): number {
  const [width = 1, height = 1] = aspect.split(':').map(Number);
  return width / height;
}
