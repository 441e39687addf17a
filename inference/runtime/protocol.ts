import { z } from 'zod';
import { bytesSchema, imageRequestSchema, imageResultSchema } from '../engines/image-request.ts';

/** Raised with every change of a message; host and child of two versions refuse each other. */
export const PROTOCOL_VERSION = 1;

const version = z.literal(PROTOCOL_VERSION);
const id = z.int().nonnegative();

/** From the host to the child. `start` comes first and once. */
export const hostMessageSchema = z.discriminatedUnion('kind', [
  z.object({
    version,
    kind: z.literal('start'),
    modelFolder: z.string(),
    device: z.enum(['cpu', 'cuda']),
    threads: z.int().positive().optional(),
    cacheBytes: z.int().nonnegative().optional(),
  }),
  z.object({
    version,
    kind: z.literal('render'),
    id,
    request: imageRequestSchema,
    previews: z.boolean(),
  }),
  z.object({ version, kind: z.literal('cancel'), id }),
]);

/** From the child to the host. `ready` or `failed` answers `start`; `done` or `error` ends a render.
 * Errors travel as `toWire` writes them and are read by `fromWire`. */
export const childMessageSchema = z.discriminatedUnion('kind', [
  z.object({ version, kind: z.literal('ready') }),
  z.object({ version, kind: z.literal('failed'), error: z.unknown() }),
  z.object({
    version,
    kind: z.literal('step'),
    id,
    step: z.int().positive(),
    steps: z.int().positive(),
    preview: bytesSchema.optional(),
  }),
  z.object({ version, kind: z.literal('done'), id, result: imageResultSchema }),
  z.object({ version, kind: z.literal('error'), id, error: z.unknown() }),
]);

export type HostMessage = z.infer<typeof hostMessageSchema>;
export type ChildMessage = z.infer<typeof childMessageSchema>;
export type StartMessage = Extract<HostMessage, { kind: 'start' }>;
