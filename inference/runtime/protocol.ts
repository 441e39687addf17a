import { z } from 'zod';

/** Raised with every change of a message; host and child of two versions refuse each other. */
export const PROTOCOL_VERSION = 2;

const version = z.literal(PROTOCOL_VERSION);
const id = z.int().nonnegative();

/** From the host to the child. `start` comes first and once. */
export const hostMessageSchema = z.discriminatedUnion('kind', [
  z.object({ version, kind: z.literal('start'), settings: z.unknown() }),
  z.object({ version, kind: z.literal('call'), id, request: z.unknown() }),
  z.object({ version, kind: z.literal('cancel'), id }),
]);

/** From the child to the host. `ready` or `failed` answers `start`; `done` or `error` ends a call.
 * Errors travel as `toWire` writes them and are read by `fromWire`. */
export const childMessageSchema = z.discriminatedUnion('kind', [
  z.object({ version, kind: z.literal('ready') }),
  z.object({ version, kind: z.literal('failed'), error: z.unknown() }),
  z.object({ version, kind: z.literal('progress'), id, progress: z.unknown() }),
  z.object({ version, kind: z.literal('done'), id, result: z.unknown() }),
  z.object({ version, kind: z.literal('error'), id, error: z.unknown() }),
]);

export type HostMessage = z.infer<typeof hostMessageSchema>;
export type ChildMessage = z.infer<typeof childMessageSchema>;

/** What one kind of child says inside the messages, checked where it arrives. */
export interface ChildContract<Settings, Request, Progress, Result> {
  /** What the child opens when it starts. */
  readonly settings: z.ZodType<Settings>;
  readonly request: z.ZodType<Request>;
  readonly progress: z.ZodType<Progress>;
  readonly result: z.ZodType<Result>;
}
