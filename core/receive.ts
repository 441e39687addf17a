import { answerWord, lastRequest, openTurns, replaceTurn } from './conversation-words.ts';
import { type Conversation, type InboundMessage, LIMITS, type Turn } from './domain.ts';
import { requireEngine } from './engine-choice.ts';
import { type EngineWords, readEngineWords } from './engine-words.ts';
import { AppError, fromWire } from './errors.ts';
import type { TurnId } from './ids.ts';
import { checkRequest, mentionContext } from './intent-rules.ts';
import { readWord } from './intent-words.ts';
import { numberImages } from './numbering.ts';
import { interpreterRequest } from './requests.ts';
import { type ConversationSettings, withDelivery, withReply } from './turn-changes.ts';
import { isEnded, openRenders } from './turns.ts';

/**
 * Take in a person's message: number its images, carry out a word, or begin a turn.
 * @throws AppError REQUEST_INVALID (the message's id), TEXT_EMPTY, TEXT_TOO_LONG, TOO_MANY_IMAGES, NO_IMAGE, UNKNOWN_IMAGE, LIMIT, ENGINE_UNKNOWN, or why no image could be used.
 */
export function receive(
  document: Conversation,
  turnId: TurnId,
  message: InboundMessage,
  at: number,
  settings: ConversationSettings,
): Conversation {
  if (document.turns.some((turn) => turn.messageId === message.messageId)) return document;
  const { length } = message.messageId;
  if (length === 0 || length > LIMITS.idCharacters) throw new AppError('REQUEST_INVALID', {});
  const text = message.text.trim();
  if (text.length > LIMITS.textCharacters)
    throw new AppError('TEXT_TOO_LONG', { limit: LIMITS.textCharacters, count: text.length });
  if (message.images.length > LIMITS.imagesPerMessage) {
    throw new AppError('TOO_MANY_IMAGES', { limit: LIMITS.imagesPerMessage, count: message.images.length });
  }
  const { images, attached } = numberImages(document, turnId, message.images);
  const firstFailed = images.find((image) => image.status === 'failed');
  // One broken image beside good ones keeps its number; if nothing arrived at all, the message is refused.
  if (
    firstFailed?.status === 'failed' &&
    images.length === attached.length &&
    images.every(({ status }) => status === 'failed')
  ) {
    throw fromWire(firstFailed.reason);
  }
  if (text === '') throw new AppError('TEXT_EMPTY', {});
  requireEngine(message.engine, settings);
  const named = engineWordsOf(message, text, settings);
  const engine = message.engine ?? named?.engine;

  const turn: Turn = {
    id: turnId,
    messageId: message.messageId,
    ...(message.authorId === undefined ? {} : { authorId: message.authorId }),
    status: 'received',
    kind: 'request',
    text,
    ...(named === undefined ? {} : { requestText: named.text }),
    ...(message.mode === undefined ? {} : { chosenMode: message.mode }),
    ...(message.wishes === undefined ? {} : { wishes: message.wishes }),
    ...(engine === undefined ? {} : { engine }),
    attached,
    interpretRuns: 0,
    renders: [],
    deliveries: [],
    receivedAt: at,
  };
  const asked = document.turns.at(-1)?.status === 'asked';
  const grown: Conversation = {
    ...document,
    images: [...document.images, ...images],
    turns: [...document.turns, turn],
  };
  const request = interpreterRequest(grown, turn, settings);
  const mayBeWord = images.length === 0 && message.wishes === undefined;
  const word = mayBeWord ? readWord(request.text, mentionContext(request), asked) : undefined;
  const isAgain = word?.kind === 'again' || (mayBeWord && named?.isAll === true);
  if (isAgain) return receiveAgain(document, turn, at, settings);
  if (request.text === '') throw new AppError('TEXT_EMPTY', {});
  if (word !== undefined) {
    const answer = answerWord(document, word, settings, { at, authorId: message.authorId, engine });
    if (answer !== undefined) {
      const answered = withReply(document, { ...turn, kind: 'word' }, answer.reply, 'done', at);
      return { ...answer.document, turns: [...answer.document.turns, answered] };
    }
  }

  checkRoom(document, settings);
  const pending = document.turns.reduce(
    (sum, each) => sum + Math.max(openRenders(each).length, isEnded(each) ? 0 : 1),
    0,
  );
  checkRequest(request, pending);
  const closed = grown.turns.map((each) =>
    each.status === 'asked' ? { ...each, status: 'done' as const, endedAt: at } : each,
  );
  return replaceTurn({ ...grown, turns: closed }, document.cards ? withDelivery(turn, 'card') : turn);
}

/** What a person's words say of the engine. A choice beside the text wins, and what a program sends is no such words. */
function engineWordsOf(
  { engine, wishes }: InboundMessage,
  text: string,
  settings: ConversationSettings,
): EngineWords | undefined {
  const named = wishes === undefined ? readEngineWords(text, settings) : undefined;
  return engine === undefined || engine === named?.engine ? named : undefined;
}

function receiveAgain(document: Conversation, turn: Turn, at: number, settings: ConversationSettings): Conversation {
  const repeated = lastRequest(document);
  if (repeated === undefined) {
    const answered = withReply(
      document,
      { ...turn, kind: 'word' },
      { key: 'reply.nothing-to-repeat', values: {} },
      'done',
      at,
    );
    return { ...document, turns: [...document.turns, answered] };
  }
  checkRoom(document, settings);
  const engine = turn.engine ?? repeated.engine;
  const again: Turn = {
    ...turn,
    kind: 'again',
    repeats: repeated.repeats ?? repeated.id,
    ...(engine === undefined ? {} : { engine }),
  };
  return { ...document, turns: [...document.turns, document.cards ? withDelivery(again, 'card') : again] };
}

/** @throws AppError LIMIT */
function checkRoom(document: Conversation, settings: ConversationSettings): void {
  const count = openTurns(document);
  if (count >= settings.maxOpenTurns) throw new AppError('LIMIT', { count });
}
