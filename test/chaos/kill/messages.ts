import { z } from 'zod';

/** What the killed process is started with, as JSON in argv. */
export const startSchema = z.object({
  home: z.string(),
  /** Folder of the chat room, which is not Easel's and survives it. */
  room: z.string(),
  /** The local engine on a model folder; absent: an engine in memory whose every step takes `stepMs`. */
  modelFolder: z.string().optional(),
  stepMs: z.number().default(20),
  /** The Redis to work on, with the prefix of its keys; absent: the embedded home. */
  redis: z.object({ url: z.string(), prefix: z.string() }).optional(),
});
export type Start = z.infer<typeof startSchema>;

/** What the process is told: a person's message, again and again until it is acknowledged. */
export const toldSchema = z.object({
  kind: z.literal('message'),
  messageId: z.string(),
  text: z.string(),
  image: z.string(),
});
export type Told = z.infer<typeof toldSchema>;

export const saidSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('open'), conversationId: z.string() }),
  z.object({ kind: z.literal('received'), messageId: z.string() }),
  /** Something changed. */
  z.object({ kind: z.literal('changed') }),
  z.object({ kind: z.literal('step') }),
]);
export type Said = z.infer<typeof saidSchema>;
