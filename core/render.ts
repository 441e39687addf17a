import { z } from 'zod';
import { imageNumberSchema, renderModeSchema, wireErrorSchema } from './domain.ts';
import { blobKeySchema, conversationIdSchema, renderIdSchema, slugSchema, turnIdSchema } from './ids.ts';

/** Everything a worker needs for one render, derived from the document when the job starts. JSON-safe: images travel as keys. */
export const renderRequestSchema = z
  .object({
    renderId: renderIdSchema,
    conversationId: conversationIdSchema,
    turnId: turnIdSchema,
    engine: slugSchema,
    mode: renderModeSchema,
    /** Mentions already rewritten to positions in `inputs`, from 1. */
    prompt: z.string(),
    /** `edit`, `generate`, `none`, or another adapter's name. */
    adapter: z.string(),
    /** Edit: base first, then references. Generation: references. */
    inputs: z.array(z.object({ number: imageNumberSchema, blob: blobKeySchema }).readonly()).readonly(),
    seed: z.int().nonnegative(),
    aspect: z.string().optional(),
  })
  .readonly();
export type RenderRequest = z.infer<typeof renderRequestSchema>;

/** How one render ended. */
export const renderOutcomeSchema = z.discriminatedUnion('kind', [
  z
    .object({
      kind: z.literal('ready'),
      blob: blobKeySchema,
      widthPx: z.int().positive(),
      heightPx: z.int().positive(),
      model: z.string(),
      steps: z.int().positive().optional(),
      timingsMs: z.record(z.string(), z.number()).readonly(),
      warnings: z.array(z.string()).readonly(),
    })
    .readonly(),
  z.object({ kind: z.literal('failed'), error: wireErrorSchema }).readonly(),
]);
export type RenderOutcome = z.infer<typeof renderOutcomeSchema>;

const jobBase = { conversationId: conversationIdSchema, turnId: turnIdSchema };
/** Payloads of the three kinds of job: only ids, because the document is the truth. */
export const interpretJobSchema = z.object(jobBase).readonly();
export const renderJobSchema = z.object({ ...jobBase, n: z.int().positive() }).readonly();
export const deliverJobSchema = z.object({ ...jobBase, n: z.int().positive() }).readonly();
export type InterpretJob = z.infer<typeof interpretJobSchema>;
export type RenderJob = z.infer<typeof renderJobSchema>;
export type DeliverJob = z.infer<typeof deliverJobSchema>;
