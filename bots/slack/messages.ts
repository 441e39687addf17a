import type { ConversationManager } from '../../core/conversation-manager.ts';
import { asAppError, sayingOf, toWire } from '../../core/errors.ts';
import type { ChatPlatform, Documents, Logger } from '../../core/ports.ts';
import type { Texts } from '../../core/texts/catalogue.ts';
import type { ImageSource } from '../shared/fetch-images.ts';
import type { Lanes } from '../shared/lanes.ts';
import { messageAlias } from '../shared/message-alias.ts';
import type { IncomingMessage, MessageTaker } from '../shared/take-message.ts';
import { addressOf, type Identity } from './address.ts';
import { type MessageEvent, messagesSchema, type SlackMessage } from './events.ts';
import { imagesOf } from './message-images.ts';
import { encodeMessageId, encodePlace, type Place } from './place.ts';
import { readText } from './text.ts';
import type { WebApi } from './web-api.ts';

export interface MessagesDeps {
  readonly api: WebApi;
  readonly manager: ConversationManager;
  readonly documents: Documents;
  readonly texts: Texts;
  readonly logger: Logger;
  readonly platform: ChatPlatform;
  readonly taker: MessageTaker;
  /** @param place as `encodePlace` writes it. */
  readonly say: (place: string, text: string) => Promise<string>;
  readonly lanes: Lanes;
  readonly signal: AbortSignal;
}

/** A reply is listed after its thread's root, however the range is limited. */
const ROOT_AND_REPLY = 2;

/** Takes the events `app_mention` and `message`, of which a mention is both. Never throws. */
export function createMessages(deps: MessagesDeps, identity: Identity) {
  const { api, manager, documents, texts, logger, platform, taker, say, lanes, signal } = deps;

  async function take(event: MessageEvent, place: Place, isFollowUp: boolean): Promise<boolean> {
    const root = messageAlias(platform.name, encodeMessageId(place.channel, place.thread ?? ''));
    if (isFollowUp && (await documents.resolve(root)) === undefined) return true;
    const here = encodePlace(place);
    const conversation = await orSayWhy(here, async () => {
      const opened = await manager.open({ platform: platform.name, place: here, cards: true });
      if (place.thread !== undefined) await documents.link(root, opened.id);
      return opened;
    });
    if (conversation === undefined) return true;
    const replyTo = encodeMessageId(event.channel, event.ts);
    void platform.acknowledge({ conversationId: conversation.id, place: here, replyTo });
    return await taker.take(here, () => orSayWhy(here, () => read(event, place)));
  }

  /** @returns undefined when it failed and the person was told. @throws when neither was possible. */
  async function orSayWhy<T>(here: string, work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (thrown) {
      const error = asAppError(thrown);
      if (error.code === 'CANCELLED') throw error;
      await say(here, texts.sayStored(sayingOf(toWire(error))));
      logger.error({ event: 'slack-message', code: error.code }, 'a message was answered with what went wrong');
      return undefined;
    }
  }

  async function read(event: MessageEvent, place: Place): Promise<IncomingMessage> {
    // A mention's event does not say which files came with it.
    const isWhole = event.type === 'message' || event.files !== undefined;
    const message = isWhole ? event : ((await reread(event)) ?? event);
    const here = encodePlace(place);
    const isReply = event.thread_ts !== undefined && event.thread_ts !== event.ts;
    return {
      messageId: encodeMessageId(event.channel, event.ts),
      authorId: event.user ?? '',
      text: readText(message.text ?? '', identity.botUserId),
      place: here,
      isHere: (other) => other === here,
      images: await imagesOf(api, message, { signal }),
      ...(isReply ? { opening: () => rootImages(place) } : {}),
    };
  }

  /** The pictures of the message that the thread hangs on. */
  async function rootImages({ channel, thread = '' }: Place): Promise<readonly ImageSource[]> {
    const root = await find(channel, thread, thread);
    const sources = root === undefined ? [] : await imagesOf(api, root, { signal });
    return sources.map((source) => (source.status === 'known' ? source : { ...source, origin: 'reply' as const }));
  }

  function reread({ channel, ts, thread_ts: thread = ts }: MessageEvent): Promise<SlackMessage | undefined> {
    return find(channel, thread, ts);
  }

  /** @returns undefined where Slack does not let the bot read; what the event says has to do then. */
  async function find(channel: string, thread: string, ts: string): Promise<SlackMessage | undefined> {
    try {
      const range = { channel, ts: thread, oldest: ts, latest: ts, inclusive: true, limit: ROOT_AND_REPLY };
      const answer = await api.patiently((client) => client.conversations.replies(range), { signal });
      return messagesSchema.parse(answer).messages.find((message) => message.ts === ts);
    } catch (thrown) {
      const error = asAppError(thrown);
      if (error.code !== 'PLATFORM_FORBIDDEN' && error.code !== 'PLATFORM_NOT_FOUND') throw error;
      logger.error({ event: 'slack-reread', code: error.code, ...error.details }, 'a message could not be read again');
      return undefined;
    }
  }

  return {
    /** @returns false when the message could be neither taken nor answered. */
    async onMessage(event: MessageEvent): Promise<boolean> {
      const address = addressOf(event, identity);
      if (address.kind === 'ignored') return true;
      try {
        return await lanes.run(encodePlace(address.place), () =>
          take(event, address.place, address.kind === 'follow-up'),
        );
      } catch (error) {
        logger.error({ event: 'slack-message', code: asAppError(error).code }, 'a message could not be taken');
        return false;
      }
    },

    /** A person deleted a message: what it asked for is not needed. */
    async onDeletion({
      channel,
      ts,
      thread,
    }: {
      channel: string;
      ts: string;
      thread: string | undefined;
    }): Promise<void> {
      const lane = { team: identity.team, channel, ...(channel.startsWith('D') ? {} : { thread: thread ?? ts }) };
      await taker.withdraw(encodePlace(lane), encodeMessageId(channel, ts));
    },
  };
}
