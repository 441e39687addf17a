import { z } from 'zod';

/** The longest text of one part; the chat's own limit is lower. */
const MAX_TEXT_CHARACTERS = 100_000;

const textPartSchema = z.object({ type: z.literal('text'), text: z.string().max(MAX_TEXT_CHARACTERS) }).readonly();
/** Stands for the next of the request's pictures. */
const imagePartSchema = z.object({ type: z.literal('image') }).readonly();

/** One turn of what the model is shown, in the order of the conversation. */
export const chatMessageSchema = z
  .object({
    role: z.enum(['system', 'user', 'assistant']),
    content: z.union([
      z.string().max(MAX_TEXT_CHARACTERS),
      z.array(z.discriminatedUnion('type', [textPartSchema, imagePartSchema])).readonly(),
    ]),
  })
  .readonly();

export type ChatMessage = z.infer<typeof chatMessageSchema>;

export function countImages(messages: readonly ChatMessage[]): number {
  return messages
    .flatMap(({ content }) => (typeof content === 'string' ? [] : content))
    .filter(({ type }) => type === 'image').length;
}
