import { z } from 'zod';
import type { Action } from '../../core/content.ts';
import { turnIdSchema } from '../../core/ids.ts';

const VERSION = 'v1';
const SEPARATOR = '|';

const pressedSchema = z
  .object({
    kind: z.enum(['retry', 'cancel', 'undo', 'swap', 'mode', 'base', 'details']),
    turnId: turnIdSchema,
    argument: z.string().max(40).optional(),
  })
  .readonly();

/** What a button means. It is written on the button, so it outlives every process. */
export type Pressed = z.infer<typeof pressedSchema>;

/** @returns at most 100 characters, which every platform carries. */
export function encodeAction({ kind, turnId, argument }: Pick<Action, 'kind' | 'turnId' | 'argument'>): string {
  return [VERSION, kind, turnId, ...(argument === undefined ? [] : [argument])].join(SEPARATOR);
}

/** @returns undefined for what no version of Easel wrote, or a later one did. */
export function decodeAction(value: string): Pressed | undefined {
  const [version, kind, turnId, argument] = value.split(SEPARATOR);
  if (version !== VERSION) return undefined;
  return pressedSchema.safeParse({ kind, turnId, argument }).data;
}
