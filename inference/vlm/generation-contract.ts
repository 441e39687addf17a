import { z } from 'zod';
import { bytesSchema } from '../engines/image-request.ts';
import { chatMessageSchema } from './messages.ts';

const generationSettingsSchema = z.object({
  folder: z.string(),
  device: z.enum(['cpu', 'cuda']),
  threads: z.int().positive().optional(),
  cacheBytes: z.int().nonnegative().optional(),
  imageSizes: z.enum(['own', 'kontext']),
});

export const generationRequestSchema = z
  .object({
    messages: z.array(chatMessageSchema).min(1).readonly(),
    /** Encoded images (PNG, JPEG, WebP, GIF), one for every image part of the messages, in order. */
    images: z.array(bytesSchema).readonly(),
    /** Default 1024. */
    maxNewTokens: z.int().min(1).max(8192).optional(),
    /** Above 1, what is already there becomes less likely; default: what the model's folder says, else 1. */
    repetitionPenalty: z.number().positive().max(10).optional(),
  })
  .readonly();

export type GenerationRequest = z.infer<typeof generationRequestSchema>;

const generationResultSchema = z
  .object({
    text: z.string(),
    /** `stop`: the model ended its answer. `length`: it was cut at `maxNewTokens`. */
    finishReason: z.enum(['stop', 'length']),
    promptTokens: z.int().nonnegative(),
    /** The token that ended the answer included. */
    newTokens: z.int().positive(),
    /** images, prompt, text, total. */
    timingsMs: z.record(z.string(), z.number()).readonly(),
  })
  .readonly();

export type GenerationResult = z.infer<typeof generationResultSchema>;

/** What the language model's child opens, is asked, tells on the way and answers: a `ChildContract`. */
export const generationContract = {
  settings: generationSettingsSchema,
  request: generationRequestSchema,
  progress: z.object({ text: z.string() }),
  result: generationResultSchema,
};
