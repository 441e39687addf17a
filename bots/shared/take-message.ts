import type { Conversation } from '../../core/domain.ts';
import { asAppError, policyOf, sayingOf, toWire } from '../../core/errors.ts';
import type { ChatBotDeps } from './chat-bot.ts';
import { fetchImages, type ImageSource, type OpenRemote } from './fetch-images.ts';
import { createLanes } from './lanes.ts';
import type { LiveCards } from './live-cards.ts';
import { imagesShownBy, messageAlias } from './message-alias.ts';

/** What a person said to the bot, as the platform's event has it. */
export interface IncomingMessage {
  readonly messageId: string;
  readonly authorId: string;
  readonly text: string;
  /** The conversation's address, unless the message continues another conversation by answering it. */
  readonly place: string;
  /** The message that this one answers, with the pictures it shows. */
  readonly answers?: { readonly messageId: string; readonly images: readonly ImageSource[] };
  /** A message whose conversation goes on here although nobody answers it; its pictures are not pointed at. */
  readonly continues?: string;
  /** Pictures that stand above the conversation, where this message begins one: the message that a thread hangs on. */
  readonly opening?: () => Promise<readonly ImageSource[]>;
  /** Whether what is posted to a place is seen where this message is. */
  readonly isHere: (place: string) => boolean;
  readonly images: readonly ImageSource[];
}

export interface MessageTakerDeps extends ChatBotDeps {
  readonly liveCards: LiveCards;
  readonly open: OpenRemote;
  /** Answer a message for which there is no turn. @returns the post's id. */
  readonly say: (message: IncomingMessage, text: string) => Promise<string>;
}

export interface MessageTaker {
  /**
   * Take in a message: find or begin its conversation, fetch its pictures, hand it to the manager. Never throws: a message
   * that cannot be taken is answered with the reason.
   * @param lane messages of one lane are taken in their order, however long the pictures of one need.
   * @param read may ask the platform for what the event does not hold; undefined: the message was answered already.
   * @returns false when the message could be neither taken nor answered.
   */
  take(lane: string, read: () => Promise<IncomingMessage | undefined>): Promise<boolean>;
  /** A person deleted a message: stop what it asked for, if its picture is not made yet. Never throws. */
  withdraw(lane: string, messageId: string): Promise<void>;
  /** Take nothing more in; resolves when what was begun is done or given up. */
  stop(): Promise<void>;
}

export function createMessageTaker(deps: MessageTakerDeps): MessageTaker {
  const { manager, documents, liveCards, say, texts, logger } = deps;
  const { name } = liveCards.platform;
  const lanes = createLanes();
  const stopping = new AbortController();

  /** The conversation that this very message went to before, or that of a message it answers or goes on from, or its place's own. */
  async function conversationOf(message: IncomingMessage): Promise<Conversation> {
    const { messageId, answers, continues, place, isHere } = message;
    for (const id of [messageId, answers?.messageId, continues]) {
      if (id === undefined) continue;
      const known = await documents.resolve(messageAlias(name, id));
      const document = known === undefined ? undefined : await documents.get(known);
      if (document !== undefined && isHere(document.place)) return document;
    }
    return await manager.open({ platform: name, place, cards: true });
  }

  async function receive(message: IncomingMessage): Promise<void> {
    const conversation = await conversationOf(message);
    if (conversation.turns.some(hasId(message.messageId))) return;
    // Before anything can be refused: an answer to the refusal goes on in this conversation.
    await documents.link(messageAlias(name, message.messageId), conversation.id);
    try {
      const { answers } = message;
      const shown = answers === undefined ? [] : imagesShownBy(conversation, answers.messageId);
      const pointedAt: readonly ImageSource[] =
        shown.length > 0 ? shown.map((number) => ({ status: 'known', number })) : (answers?.images ?? []);
      const above = conversation.turns.length === 0 ? ((await message.opening?.()) ?? []) : [];
      const sources = [...above, ...pointedAt, ...message.images];
      const images = await fetchImages(deps, sources, { signal: stopping.signal });
      const { messageId, authorId, text } = message;
      await manager.receive(conversation.id, { messageId, authorId, text, images });
      await liveCards.watch(conversation.id);
    } catch (error) {
      const postedId = await refuse(message, error);
      if (postedId !== undefined) await documents.link(messageAlias(name, postedId), conversation.id);
    }
  }

  async function refuse(message: IncomingMessage, thrown: unknown): Promise<string | undefined> {
    const error = logFailure(thrown, 'message-refused', 'a message was refused');
    return error.code === 'CANCELLED' ? undefined : await say(message, texts.sayStored(sayingOf(toWire(error))));
  }

  function logFailure(thrown: unknown, event: string, message: string) {
    const error = asAppError(thrown);
    const { log } = policyOf(error.code);
    const cause = error.code === 'BUG' && error.cause instanceof Error ? { stack: error.cause.stack } : {};
    logger[log === 'fatal' ? 'error' : log]({ event, code: error.code, ...error.details, ...cause }, message);
    return error;
  }

  return {
    take: (lane, read) =>
      lanes.run(lane, async () => {
        if (stopping.signal.aborted) return false;
        try {
          const message = await read();
          if (message === undefined) return true;
          try {
            await receive(message);
          } catch (error) {
            await refuse(message, error);
          }
          return true;
        } catch (error) {
          logFailure(error, 'message-lost', 'a message could be neither taken nor answered');
          return false;
        }
      }),
    withdraw: (lane, messageId) =>
      lanes.run(lane, async () => {
        try {
          const id = await documents.resolve(messageAlias(name, messageId));
          const turn = id === undefined ? undefined : (await manager.get(id)).turns.find(hasId(messageId));
          if (turn !== undefined) await manager.cancel(turn.id);
        } catch (error) {
          logFailure(error, 'message-withdrawn', 'a deleted request was not cancelled');
        }
      }),
    async stop() {
      stopping.abort();
      await lanes.idle();
    },
  };
}

function hasId(messageId: string) {
  return (turn: { readonly messageId: string }) => turn.messageId === messageId;
}
