import { z } from 'zod';
import type { Action, Choice } from '../../core/content.ts';
import { turnIdSchema } from '../../core/ids.ts';

/** What a button or a menu says about itself: everything that is needed to carry it out, so that it outlives every process. */
const partsSchema = z.object({
  version: z.literal('v1'),
  kind: z.enum(['retry', 'cancel', 'undo', 'swap', 'mode', 'base', 'references', 'engine', 'details']),
  turnId: turnIdSchema,
  /** An image number or a mode; empty for menus, and buttons without one. */
  argument: z.string().regex(/^[a-z0-9]{0,20}$/),
  /** The nonce of the post that carries the button; empty once the post is known. */
  mark: z.string().regex(/^[0-9a-f]{0,32}$/),
});

export interface PressedAction extends Pick<Action, 'turnId' | 'argument'> {
  readonly kind: Action['kind'] | Choice['kind'];
  /** What was chosen, where it is a menu. */
  readonly values?: readonly string[];
}

/** `v1:action:turn`, then the argument and the post's nonce where there are any; at most 100 characters. */
export function encodeAction({ kind, turnId, argument = '' }: PressedAction, mark = ''): string {
  const parts = ['v1', kind, turnId, argument, mark];
  while (parts.at(-1) === '') parts.pop();
  return parts.join(':');
}

/** @returns undefined for a button or menu that this version does not know. */
export function decodeAction(text: string): PressedAction | undefined {
  const parts = parse(text);
  if (parts === undefined) return undefined;
  const { kind, turnId, argument } = parts;
  return { kind, turnId, ...(argument === '' ? {} : { argument }) };
}

/** The nonce of the post that a button came with. */
export function markOf(text: string): string | undefined {
  return parse(text)?.mark || undefined;
}

function parse(text: string): z.infer<typeof partsSchema> | undefined {
  const [version, kind, turnId, argument = '', mark = ''] = text.split(':');
  return partsSchema.safeParse({ version, kind, turnId, argument, mark }).data;
}
