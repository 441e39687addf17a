import { z } from 'zod';
import { imageNumberSchema } from './domain.ts';
import { type ConversationId, renderIdSchema, turnIdSchema } from './ids.ts';

/** What is published on `conversationTopic(id)` after a change: a hint to read the document, or progress, which is kept nowhere else. */
export const conversationEventSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('turn'), turnId: turnIdSchema }).readonly(),
  z.object({ kind: z.literal('image'), number: imageNumberSchema }).readonly(),
  z
    .object({
      kind: z.literal('progress'),
      turnId: turnIdSchema,
      renderId: renderIdSchema,
      step: z.int().nonnegative(),
      steps: z.int().positive(),
    })
    .readonly(),
  z
    .object({
      kind: z.literal('preview'),
      turnId: turnIdSchema,
      renderId: renderIdSchema,
      dataUrl: z.string(),
    })
    .readonly(),
]);
export type ConversationEvent = z.infer<typeof conversationEventSchema>;

export function conversationTopic(id: ConversationId): string {
  return `conversation:${id}`;
}
