import { z } from 'zod';
import type { ConversationManager } from '../../core/conversation-manager.ts';
import { detailsOf } from '../../core/conversation-words.ts';
import type { Conversation, Correction, Saying, Turn } from '../../core/domain.ts';
import { imageNumberSchema, renderModeSchema } from '../../core/domain.ts';
import { AppError } from '../../core/errors.ts';
import { slugSchema } from '../../core/ids.ts';
import { findTurn, isEnded, resultNumbers } from '../../core/turns.ts';
import type { PressedAction } from './action-id.ts';
import { imagesShownBy } from './message-alias.ts';

export interface Press {
  readonly pressed: PressedAction;
  readonly authorId: string;
  /** The platform's id of the press: the same one delivered twice does one thing. */
  readonly eventId: string;
  /** The post that carries the button; a turn may have several results. A platform whose buttons are posts of their own names the result in the argument. */
  readonly postedId?: string;
  /** Whether the person may decide about other people's requests; asked only where it matters. */
  isAdmin(): Promise<boolean>;
}

export interface PressAnswer {
  /** The conversation after it. */
  readonly document: Conversation;
  /** What to tell: `everybody` for what changed the conversation, `person` for what only they asked. Absent where the card says it. */
  readonly saying?: Saying & { readonly to: 'everybody' | 'person' };
}

/**
 * Carry out a button or a menu. Cancel and Undo, and a correction of what is still being made, belong to the person who asked,
 * or to an admin; anyone may retry and correct what is finished, on their own budget, and read the details.
 * @throws AppError NOT_ALLOWED, TURN_UNKNOWN, NOTHING_TO_REPEAT, REQUEST_INVALID, ENGINE_UNKNOWN, NO_IMAGE, UNKNOWN_IMAGE,
 *   TOO_MANY_IMAGES, STORE_UNAVAILABLE
 */
export async function pressButton(manager: ConversationManager, press: Press): Promise<PressAnswer> {
  const { turnId } = press.pressed;
  const document = await manager.get(await manager.conversationOf(turnId));
  const turn = findTurn(document, turnId);
  if (turn === undefined) throw new AppError('TURN_UNKNOWN', {});
  if (isReserved(press.pressed, turn) && turn.authorId !== press.authorId && !(await press.isAdmin()))
    throw new AppError('NOT_ALLOWED', {});
  const saying = await act(manager, press, document, turn);
  return { document: await manager.get(document.id), ...(saying === undefined ? {} : { saying }) };
}

function isReserved({ kind }: PressedAction, turn: Turn): boolean {
  if (kind === 'cancel' || kind === 'undo') return true;
  // Asking back is not making: whoever answers the question helps.
  return kind !== 'retry' && kind !== 'details' && !isEnded(turn) && turn.status !== 'asked';
}

async function act(
  manager: ConversationManager,
  { pressed, eventId, authorId, postedId = '' }: Press,
  document: Conversation,
  turn: Turn,
): Promise<PressAnswer['saying']> {
  switch (pressed.kind) {
    case 'retry':
      await manager.retry(turn.id, { eventId, authorId });
      return undefined;
    case 'cancel':
      await manager.cancel(turn.id);
      return undefined;
    case 'undo':
      return undone(document, await manager.undo(turn.id).then(() => manager.get(document.id)), turn);
    case 'details': {
      const named = resultNumbers(turn).find((each) => String(each) === pressed.argument);
      const number = imagesShownBy(document, postedId)[0] ?? named ?? resultNumbers(turn).at(-1);
      return { ...detailsOf(document.images.find((image) => image.number === number)), to: 'person' };
    }
    case 'mode':
    case 'base':
    case 'references':
    case 'engine':
    case 'swap':
      await manager.correct(turn.id, correctionOf(pressed.kind, pressed, turn), { eventId, authorId });
      return undefined;
  }
}

function undone(before: Conversation, after: Conversation, turn: Turn): PressAnswer['saying'] {
  const number = resultNumbers(turn).at(-1) ?? 0;
  // Pressed again, or after going back further: it is as it was.
  if (before.current === after.current) return undefined;
  return after.current === null
    ? { key: 'reply.undone.nothing-before', values: { undone: number }, to: 'everybody' }
    : { key: 'reply.undone', values: { number: after.current, undone: number }, to: 'everybody' };
}

/** @throws AppError REQUEST_INVALID, NOTHING_TO_REPEAT */
function correctionOf(
  kind: 'mode' | 'base' | 'references' | 'engine' | 'swap',
  { argument, values = [] }: PressedAction,
  { interpretation }: Turn,
): Correction {
  switch (kind) {
    case 'swap': {
      const [other] = interpretation?.references ?? [];
      if (other === undefined) throw new AppError('NOTHING_TO_REPEAT', {});
      return { base: other };
    }
    case 'mode':
      return { mode: parsed(renderModeSchema, argument) };
    case 'references':
      return { references: parsed(z.array(imageNumberSchema), values.map(Number)) };
    case 'engine':
      return { engine: parsed(slugSchema, values[0]) };
    case 'base':
      return { mode: 'edit', base: parsed(imageNumberSchema, Number(argument ?? values[0])) };
  }
}

/** @throws AppError REQUEST_INVALID */
function parsed<S extends z.ZodType>(schema: S, value: unknown): z.infer<S> {
  const result = schema.safeParse(value);
  if (!result.success) throw new AppError('REQUEST_INVALID', {});
  return result.data;
}
