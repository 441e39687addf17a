import { z } from 'zod';
import type { RenderMode, WireError } from './domain.ts';
import {
  type BlobKey,
  type ConversationId,
  conversationIdSchema,
  type RenderId,
  type TurnId,
  turnIdSchema,
} from './ids.ts';
import type { Cost } from './money.ts';
import type { PromptReading } from './prompt.ts';

/** Everything a worker needs for one render, derived from the document when the job starts. Images travel as keys. */
export interface RenderRequest {
  readonly renderId: RenderId;
  readonly conversationId: ConversationId;
  readonly turnId: TurnId;
  readonly engine: string;
  readonly mode: RenderMode;
  /** Mentions already rewritten to positions in `inputs`, from 1. */
  readonly prompt: string;
  readonly reading: PromptReading;
  /** `edit`, `generate`, `none`, or another adapter's name. */
  readonly adapter: string;
  /** Edit: base first, then references. Generation: references. */
  readonly inputs: readonly { readonly number: number; readonly blob: BlobKey }[];
  /** 0..2^32-1. */
  readonly seed: number;
  /** width:height. */
  readonly aspect?: string;
  /** What the engine is thought to charge. */
  readonly cost?: Cost;
  /** The platform's name and its address of the conversation. */
  readonly place: string;
  /** Platform and id of whoever asked; absent where nobody is known. */
  readonly person?: string;
}

/** How one render ended. */
export type RenderOutcome =
  | {
      readonly kind: 'ready';
      readonly blob: BlobKey;
      readonly widthPx: number;
      readonly heightPx: number;
      readonly model: string;
      readonly steps?: number;
      readonly timingsMs: Readonly<Record<string, number>>;
      readonly warnings: readonly string[];
    }
  | { readonly kind: 'failed'; readonly error: WireError };

const jobBase = { conversationId: conversationIdSchema, turnId: turnIdSchema };
/** Payloads of the three kinds of job: only ids, because the document is the truth. */
export const interpretJobSchema = z.object(jobBase).readonly();
export const renderJobSchema = z.object({ ...jobBase, n: z.int().positive() }).readonly();
export const deliverJobSchema = z.object({ ...jobBase, n: z.int().positive() }).readonly();
export type InterpretJob = z.infer<typeof interpretJobSchema>;
export type RenderJob = z.infer<typeof renderJobSchema>;
export type DeliverJob = z.infer<typeof deliverJobSchema>;
