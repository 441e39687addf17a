import { detailsOf } from '../../core/conversation-words.ts';
import type { Conversation, Turn } from '../../core/domain.ts';
import { imageNumberSchema, renderModeSchema } from '../../core/domain.ts';
import { AppError, asAppError, policyOf, sayingOf, toWire } from '../../core/errors.ts';
import { isReading } from '../../core/turn-changes.ts';
import { findTurn, isEnded, referenceOf, resultNumbers } from '../../core/turns.ts';
import type { PressedAction } from './action-id.ts';
import type { ChatBotDeps } from './chat-bot.ts';
import type { LiveCards } from './live-cards.ts';
import { imagesShownBy } from './message-alias.ts';

export interface Press {
  readonly action: PressedAction;
  readonly personId: string;
  /** May stop and take back what others asked for. */
  readonly isModerator: boolean;
  /** The platform's id of this press: the same one twice does one thing. */
  readonly eventId: string;
  /** The post that carries the button. */
  readonly postedId: string;
}

/** What a person hears of a press; most show on the card instead. */
export type PressAnswer =
  | { readonly kind: 'done' }
  | { readonly kind: 'told'; readonly text: string; readonly toEveryone: boolean };

export type PressButton = (press: Press) => Promise<PressAnswer>;

interface PressDeps extends Pick<ChatBotDeps, 'manager' | 'texts' | 'logger'> {
  readonly liveCards: LiveCards;
}

/** Carries out the buttons of a chat platform. Never throws: what cannot be done is told to who pressed. */
export function createPressButton({ manager, texts, logger, liveCards }: PressDeps): PressButton {
  async function carryOut(press: Press, document: Conversation, turn: Turn): Promise<PressAnswer> {
    const { action, eventId } = press;
    switch (action.kind) {
      case 'retry':
        await manager.retry(turn.id, { eventId });
        return { kind: 'done' };
      case 'cancel':
        await manager.cancel(turn.id);
        return { kind: 'done' };
      case 'mode':
        await manager.correct(turn.id, { mode: renderModeSchema.parse(action.argument) }, { eventId });
        return { kind: 'done' };
      case 'base': {
        const base = imageNumberSchema.parse(Number(action.argument));
        await manager.correct(turn.id, { mode: 'edit', base }, { eventId });
        return { kind: 'done' };
      }
      case 'swap': {
        const base = isReading(turn.interpretation) ? turn.interpretation.references[0] : undefined;
        if (base === undefined) return toPresser(texts.say('reply.nothing-to-swap', {}));
        await manager.correct(turn.id, { base }, { eventId });
        return { kind: 'done' };
      }
      case 'undo':
        await manager.undo(turn.id);
        return { kind: 'told', text: undoneText(await manager.get(document.id), turn), toEveryone: true };
      case 'details': {
        const number = imagesShownBy(document, press.postedId)[0] ?? resultNumbers(turn).at(-1);
        return toPresser(texts.sayStored(detailsOf(document, number)));
      }
    }
  }

  function undoneText({ current }: Conversation, turn: Turn): string {
    const undone = resultNumbers(turn).at(-1) ?? 0;
    return current === null
      ? texts.say('reply.undone.nothing-before', { undone })
      : texts.say('reply.undone', { number: current, undone });
  }

  return async (press) => {
    const { turnId } = press.action;
    try {
      const document = await manager.get(await manager.conversationOf(turnId));
      const turn = findTurn(document, turnId);
      if (turn === undefined) throw new AppError('TURN_UNKNOWN', {});
      if (!mayPress(press, turn)) return toPresser(texts.say('press.not-yours', {}));
      const answer = await carryOut(press, document, turn);
      liveCards.follow(document.id);
      return answer;
    } catch (thrown) {
      const error = asAppError(thrown);
      const { log } = policyOf(error.code);
      logger[log === 'fatal' ? 'error' : log](
        { event: 'press-refused', code: error.code, kind: press.action.kind },
        'a button could not be carried out',
      );
      return toPresser(texts.sayStored(sayingOf(toWire(error)), referenceOf(turnId)));
    }
  };
}

/** What stops somebody's request or takes back a result is for who asked; making another picture is for everybody. */
function mayPress({ action, personId, isModerator }: Press, turn: Turn): boolean {
  const isFree = action.kind === 'retry' || action.kind === 'details';
  const makesAnother = action.kind === 'mode' || action.kind === 'swap' || action.kind === 'base';
  if (isFree || isModerator || turn.authorId === undefined || turn.authorId === personId) return true;
  return makesAnother && isEnded(turn);
}

function toPresser(text: string): PressAnswer {
  return { kind: 'told', text, toEveryone: false };
}
