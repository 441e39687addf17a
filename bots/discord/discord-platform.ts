import { createHash } from 'node:crypto';
import {
  type APIDMChannel,
  type APIMessage,
  type APIUser,
  ComponentType,
  MessageReferenceType,
  type REST,
  Routes,
} from 'discord.js';
import type { ResultContent } from '../../core/content.ts';
import { AppError } from '../../core/errors.ts';
import type { ChatPlatform, PostTarget } from '../../core/ports.ts';
import { markOf } from '../shared/action-id.ts';
import type { ChatBotDeps } from '../shared/chat-bot.ts';
import { composeCard, composeText, type PostBody } from './compose-post.ts';
import { fromDiscordError, isTooLarge } from './errors.ts';
import { fitUpload, type Upload } from './fit-upload.ts';
import { decodePlace, encodePlace } from './place.ts';

export interface DiscordPlatformDeps extends Pick<ChatBotDeps, 'blobs' | 'shrinkImage' | 'texts'> {
  readonly rest: REST;
  /** How many bytes a file may have there. */
  readonly uploadLimitOf: (guildId: string | undefined) => number;
}

/** Discord as a chat platform, and what the bot posts beside the flow. */
export interface DiscordPlatform extends ChatPlatform {
  /** A sentence for which there is no turn. The same sentence about the same message is posted once. @returns the post's id. */
  say(target: Omit<PostTarget, 'conversationId'>, text: string): Promise<string>;
  typing(channelId: string): Promise<void>;
}

interface Post {
  readonly target: Omit<PostTarget, 'conversationId'>;
  readonly body: PostBody;
  readonly nonce: string;
  readonly signal?: AbortSignal;
  readonly file?: Upload & { readonly altText: string };
  /** Whether the person who is answered is notified. */
  readonly notifies?: boolean;
}

const ALT_CHARACTERS = 1024;
const NEWEST_MESSAGES = 100;
const UPLOAD_TRIES = 3;
/** The handle of a post without buttons: nothing in it carries the nonce. */
const BARE = 'bare';
const MEBIBYTE = 1024 * 1024;

/**
 * Posts by the bot's own token: results may come long after any interaction has expired. Discord itself drops a second
 * post with the same nonce for some minutes; after that the channel's newest messages are looked through.
 */
export function createDiscordPlatform({
  rest,
  blobs,
  shrinkImage,
  texts,
  uploadLimitOf,
}: DiscordPlatformDeps): DiscordPlatform {
  let self: Promise<string> | undefined;

  async function post({ target, body, nonce, signal, file, notifies = false }: Post): Promise<string> {
    const { channelId } = decodePlace(target.place);
    const attachment =
      file === undefined ? {} : { attachments: [{ id: '0', description: file.altText.slice(0, ALT_CHARACTERS) }] };
    const files =
      file === undefined
        ? {}
        : { files: [{ name: file.fileName, data: Buffer.from(file.bytes), contentType: file.contentType }] };
    const message = (await rest.post(Routes.channelMessages(channelId), {
      ...files,
      ...(signal === undefined ? {} : { signal }),
      body: {
        ...body,
        ...attachment,
        nonce,
        enforce_nonce: true,
        allowed_mentions: { parse: [], replied_user: notifies },
        message_reference: referenceTo(target.replyTo),
      },
    })) as APIMessage;
    return message.id;
  }

  async function postResult(
    target: PostTarget,
    result: ResultContent,
    nonce: string,
    signal: AbortSignal,
  ): Promise<string> {
    const { number, blob, fileName, altText } = result.image;
    const stored = await blobs.get(blob);
    if (stored === undefined) throw new AppError('IMAGE_GONE', { number });
    let limitBytes = uploadLimitOf(decodePlace(target.place).guildId);
    for (let tries = 1; ; tries += 1) {
      const upload = await fitUpload(shrinkImage, stored, { fileName, limitBytes });
      if (upload === undefined) throw new AppError('PLATFORM_FORBIDDEN', {}, { details: { limitBytes } });
      try {
        const body = composeText(textOf(result, upload), result.actions, nonce);
        return await post({ target, body, nonce, signal, file: { ...upload, altText }, notifies: true });
      } catch (error) {
        if (!isTooLarge(error) || tries === UPLOAD_TRIES) throw error;
        limitBytes = Math.floor(upload.bytes.length / 2);
      }
    }
  }

  function textOf({ text }: ResultContent, { shrunkTo }: Upload): string {
    if (shrunkTo === undefined) return text;
    return `${text}\n${texts.say('result.smaller', { megabytes: (shrunkTo / MEBIBYTE).toFixed(shrunkTo < MEBIBYTE ? 1 : 0) })}`;
  }

  function selfId(): Promise<string> {
    self ??= rest.get(Routes.user()).then((user) => (user as APIUser).id);
    self.catch(() => {
      self = undefined;
    });
    return self;
  }

  async function typing(channelId: string): Promise<void> {
    // Best effort: the card follows anyway.
    await rest.post(Routes.channelTyping(channelId)).catch(() => undefined);
  }

  return {
    name: 'discord',
    acknowledge: ({ place }) => typing(decodePlace(place).channelId),
    typing,
    postCard: (target, card, { nonce, signal }) =>
      translated(() => post({ target, body: composeCard(card, nonce), nonce, signal })),
    postNotice: (target, { text, actions }, { nonce, signal, keepHandle }) =>
      translated(async () => {
        if (actions.length === 0) await keepHandle(BARE);
        return await post({ target, body: composeText(text, actions, nonce), nonce, signal, notifies: true });
      }),
    postResult: (target, result, { nonce, signal }) => translated(() => postResult(target, result, nonce, signal)),
    updateCard: ({ place }, postedId, card) =>
      translated(async () => {
        const route = Routes.channelMessage(decodePlace(place).channelId, postedId);
        await rest.patch(route, { body: { ...composeCard(card), allowed_mentions: { parse: [] } } });
      }),
    privatePlace: (_target, authorId) =>
      translated(async () => {
        const channel = (await rest.post(Routes.userChannels(), { body: { recipient_id: authorId } })) as APIDMChannel;
        return encodePlace({ channelId: channel.id });
      }),
    findPost: ({ place, replyTo }, { nonce, handle }) =>
      translated(async () => {
        const query = new URLSearchParams({ limit: String(NEWEST_MESSAGES) });
        const messages = (await rest.get(Routes.channelMessages(decodePlace(place).channelId), {
          query,
        })) as APIMessage[];
        const me = await selfId();
        const ours = messages.filter(({ author }) => author.id === me);
        const marked = ours.find((message) => message.nonce === nonce || marksOf(message).includes(nonce));
        const bare = handle === BARE ? ours.find((message) => isBareAnswer(message, replyTo)) : undefined;
        return (marked ?? bare)?.id;
      }),
    say: (target, text) =>
      translated(() => {
        const nonce = createHash('sha256').update(`${target.replyTo}:${text}`).digest('hex').slice(0, 24);
        return post({ target, body: composeText(text), nonce, notifies: true });
      }),
  };
}

/** A message that was deleted meanwhile is not replied to; the post is made all the same. */
function referenceTo(replyTo: string) {
  return { type: MessageReferenceType.Default, message_id: messageOf(replyTo), fail_if_not_exists: false };
}

/** A request from the message menu is named after the message it is about and the menu's own id. */
function messageOf(replyTo: string): string {
  return replyTo.split('+')[0] ?? replyTo;
}

function marksOf({ components = [] }: APIMessage): readonly (string | undefined)[] {
  return components.flatMap((row) =>
    row.type === ComponentType.ActionRow
      ? row.components.map((button) => ('custom_id' in button ? markOf(button.custom_id) : undefined))
      : [],
  );
}

/** There is one such answer to a message at most. */
function isBareAnswer({ components = [], attachments, message_reference: reference }: APIMessage, replyTo: string) {
  return components.length === 0 && attachments.length === 0 && reference?.message_id === messageOf(replyTo);
}

async function translated<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw fromDiscordError(error);
  }
}
