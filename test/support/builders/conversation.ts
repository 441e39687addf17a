import type {
  Conversation,
  InboundImage,
  InboundMessage,
  Interpretation,
  ReadyImage,
  Turn,
} from '../../../core/domain.ts';
import { type BlobKey, blobKeySchema, newConversationId, newTurnId, type TurnId } from '../../../core/ids.ts';

/** A blob key that is the same for the same label. */
export function aBlobKey(label: string): BlobKey {
  return blobKeySchema.parse(Buffer.from(label).toString('hex').padEnd(32, '0').slice(0, 32));
}

export function aConversation(changes: Partial<Conversation> = {}): Conversation {
  return {
    schemaVersion: 1,
    id: newConversationId(),
    revision: 1,
    platform: 'web',
    place: '',
    cards: false,
    images: [],
    turns: [],
    current: null,
    createdAt: 1,
    updatedAt: 1,
    ...changes,
  };
}

export function aTurn(changes: Partial<Turn> = {}): Turn {
  const id = changes.id ?? newTurnId();
  return {
    id,
    messageId: `message-${id}`,
    status: 'received',
    kind: 'request',
    text: 'make it red',
    attached: [],
    interpretRuns: 0,
    renders: [],
    deliveries: [],
    receivedAt: 1,
    ...changes,
  };
}

export function anImage(number: number, changes: Partial<ReadyImage> & { readonly turnId?: TurnId } = {}): ReadyImage {
  return {
    number,
    turnId: newTurnId(),
    status: 'ready',
    kind: 'input',
    altText: '',
    blob: aBlobKey(`image ${number}`),
    widthPx: 8,
    heightPx: 8,
    ...changes,
  };
}

export function anInboundImage(
  label: string,
  changes: Partial<Extract<InboundImage, { status: 'ready' }>> = {},
): InboundImage {
  return { status: 'ready', origin: 'attachment', blob: aBlobKey(label), widthPx: 8, heightPx: 8, ...changes };
}

export function aMessage(text: string, changes: Partial<InboundMessage> = {}): InboundMessage {
  return { messageId: `message-${newTurnId()}`, text, images: [], ...changes };
}

export function anInterpretation(changes: Partial<Interpretation> = {}): Interpretation {
  return {
    mode: 'edit',
    base: 1,
    references: [],
    instruction: 'Make image 1 red',
    description: '',
    keep: [],
    count: 1,
    altText: 'a red picture',
    language: 'en',
    confidence: 1,
    ...changes,
  };
}
