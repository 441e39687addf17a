import type { Conversation, ImageEntry, InboundImage } from './domain.ts';
import { AppError } from './errors.ts';
import type { TurnId } from './ids.ts';

/** Images of the message that is replied to come first, then attachments, then links; each group in its own order. */
const ORIGINS = ['reply', 'attachment', 'link'] as const;

type NewImage = Exclude<InboundImage, { status: 'known' }>;

/** The next number: numbers are never reused, and failed images keep theirs. */
export function nextNumber(images: readonly ImageEntry[]): number {
  return images.reduce((highest, image) => Math.max(highest, image.number), 0) + 1;
}

/**
 * Number the images of a message. A replied-to image that the conversation knows already, by number or by content, keeps
 * its old number; one sent again gets a new one, because people count what they send.
 * @returns the new entries, and the numbers of everything the message brought or pointed at, in order.
 * @throws AppError UNKNOWN_IMAGE when a `known` image is not known.
 */
export function numberImages(
  document: Conversation,
  turnId: TurnId,
  inbound: readonly InboundImage[],
): { readonly images: readonly ImageEntry[]; readonly attached: readonly number[] } {
  const images: ImageEntry[] = [];
  const attached: number[] = [];
  for (const image of inbound.toSorted((a, b) => rankOf(a) - rankOf(b))) {
    const known = knownNumber(document, image);
    if (known !== undefined) {
      if (!attached.includes(known)) attached.push(known);
      continue;
    }
    if (image.status === 'known')
      throw new AppError('UNKNOWN_IMAGE', { number: image.number, count: document.images.length });
    const entry = entryOf(image, nextNumber([...document.images, ...images]), turnId);
    images.push(entry);
    attached.push(entry.number);
  }
  return { images, attached };
}

function rankOf(image: InboundImage): number {
  return image.status === 'known' ? 0 : ORIGINS.indexOf(image.origin);
}

function knownNumber(document: Conversation, image: InboundImage): number | undefined {
  if (image.status === 'failed') return undefined;
  if (image.status === 'known') return document.images.find((each) => each.number === image.number)?.number;
  if (image.origin !== 'reply') return undefined;
  return document.images.find((each) => each.status === 'ready' && each.blob === image.blob)?.number;
}

function entryOf(image: NewImage, number: number, turnId: TurnId): ImageEntry {
  const name = image.name === undefined ? {} : { name: image.name };
  const common = { number, turnId, kind: 'input' as const, origin: image.origin, ...name };
  if (image.status === 'failed') {
    const reason = { ...image.reason, values: { ...image.reason.values, number } };
    return { ...common, status: 'failed', altText: '', reason };
  }
  const { blob, widthPx, heightPx, altText = '' } = image;
  return { ...common, status: 'ready', altText, blob, widthPx, heightPx };
}
