import {
  type Attachment,
  type Client,
  DiscordAPIError,
  type Message,
  MessageReferenceType,
  RESTJSONErrorCodes,
} from 'discord.js';
import type { ImageSource, RemoteImage } from '../shared/fetch-images.ts';
import type { IncomingMessage } from '../shared/take-message.ts';
import { textFor } from './addressed.ts';
import { fromDiscordError } from './errors.ts';
import { decodePlace, encodePlace } from './place.ts';

/** How far back "@Easel make it red", said without a reply, may mean a picture. */
const RECENT_MS = 60 * 60_000;
const NEWEST_MESSAGES = 50;
const LINK = /<?(https?:\/\/[^\s<>]+)>?/g;
const PICTURE_NAME = /\.(?:png|jpe?g|webp|gif|heic|heif|avif|bmp|tiff?)$/i;

export interface ReadOptions {
  readonly client: Client<true>;
  /** The message that this person said to Easel in this channel before, as far as this process knows. */
  readonly before: string | undefined;
  /** Links to these are pictures, whatever they are called. */
  readonly origins: readonly string[];
}

/** What a message says to Easel, with what it answers. @throws AppError PLATFORM_* when Discord does not say. */
export async function readMessage(
  message: Message,
  { client, before, origins }: ReadOptions,
): Promise<IncomingMessage> {
  const { channelId, guildId, channel } = message;
  const holdsOne = channel.isDMBased() || channel.isThread();
  const place = encodePlace({
    ...(guildId === null ? {} : { guildId }),
    channelId,
    ...(holdsOne ? {} : { rootId: message.id }),
  });
  const forwarded = [...message.messageSnapshots.values()].flatMap(({ attachments }) =>
    remoteImages(attachments, 'reply'),
  );
  const own = remoteImages(message.attachments, 'attachment');
  const answers = await answeredBy(message);
  const beginsAnew = holdsOne || answers !== undefined || own.length > 0 || forwarded.length > 0;
  const continues = beginsAnew ? undefined : (before ?? (await newestAnswerTo(message, client)));
  const shownBefore = (answers?.images.length ?? 0) + forwarded.length + own.length;
  const { text, links } = withoutLinks(textFor(message, client), shownBefore, origins);
  return {
    messageId: message.id,
    authorId: message.author.id,
    text,
    place,
    ...(answers === undefined ? {} : { answers }),
    ...(continues === undefined ? {} : { continues }),
    ...(channel.isThread() ? { opening: () => starterImages(message) } : {}),
    isHere: (other) => decodePlace(other).channelId === channelId,
    images: [...forwarded, ...own, ...links],
  };
}

/** The pictures that a message shows. */
export function remoteImages(
  attachments: ReadonlyMap<string, Attachment>,
  origin: 'reply' | 'attachment',
): readonly RemoteImage[] {
  return [...attachments.values()].map(({ url, name, contentType, size }) => ({
    status: 'remote',
    origin,
    url,
    name,
    sizeBytes: size,
    ...(contentType === null ? {} : { contentType }),
  }));
}

async function answeredBy(message: Message): Promise<IncomingMessage['answers']> {
  const { reference } = message;
  if (reference?.messageId === undefined || reference.type !== MessageReferenceType.Default) return undefined;
  const answered = await orGone(() => message.fetchReference());
  return {
    messageId: reference.messageId,
    images: answered === undefined ? [] : remoteImages(answered.attachments, 'reply'),
  };
}

/** In a channel a person may go on without a reply: then the newest post of ours that answered them is meant. */
async function newestAnswerTo({ channel, author, createdTimestamp }: Message, client: Client<true>) {
  const newest = await orGone(() => channel.messages.fetch({ limit: NEWEST_MESSAGES, cache: false }));
  return newest?.find(
    (each) =>
      each.author.id === client.user.id &&
      each.mentions.repliedUser?.id === author.id &&
      each.createdTimestamp > createdTimestamp - RECENT_MS,
  )?.id;
}

/** The message that a thread began from stands above it, in the channel. */
async function starterImages({ channel }: Message): Promise<readonly ImageSource[]> {
  const starter = channel.isThread() ? await orGone(() => channel.fetchStarterMessage()) : undefined;
  return starter == null ? [] : remoteImages(starter.attachments, 'reply');
}

/** A link to a picture is one more image; in the text its place is taken by its number among this message's images. */
function withoutLinks(text: string, shownBefore: number, origins: readonly string[]) {
  const links: RemoteImage[] = [];
  const rest = text.replace(LINK, (whole, url: string) => {
    if (!isPictureLink(url, origins)) return whole;
    links.push({ status: 'remote', origin: 'link', url, name: new URL(url).pathname.split('/').at(-1) ?? '' });
    return `attachment ${shownBefore + links.length}`;
  });
  return { text: rest, links };
}

function isPictureLink(url: string, origins: readonly string[]): boolean {
  if (!URL.canParse(url)) return false;
  const { origin, pathname } = new URL(url);
  return origins.includes(origin) || PICTURE_NAME.test(pathname);
}

/** What was deleted, or may not be read, is not there. */
async function orGone<T>(fetching: () => Promise<T>): Promise<T | undefined> {
  try {
    return await fetching();
  } catch (error) {
    if (error instanceof DiscordAPIError && GONE.has(Number(error.code))) return undefined;
    throw fromDiscordError(error);
  }
}

const GONE: ReadonlySet<number> = new Set<number>([
  RESTJSONErrorCodes.UnknownChannel,
  RESTJSONErrorCodes.UnknownMessage,
  RESTJSONErrorCodes.MissingAccess,
  RESTJSONErrorCodes.MissingPermissions,
]);
