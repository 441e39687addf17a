import { z } from 'zod';
import {
  type BlobKey,
  blobKeySchema,
  conversationIdSchema,
  deliveryIdSchema,
  renderIdSchema,
  slugSchema,
  turnIdSchema,
} from './ids.ts';
import { costSchema } from './money.ts';
import { policyVerdictSchema } from './safety/policy-verdict.ts';

/** Version of everything stored in a conversation document; a reader refuses what it does not know. */
export const SCHEMA_VERSION = 1;

/** What an inbound message may hold, on every platform. */
export const LIMITS = {
  imageBytes: 25_000_000,
  imageMegapixels: 50,
  imagesPerMessage: 10,
  /** Pictures that one request may ask for. */
  picturesPerMessage: 4,
  textCharacters: 4000,
  idCharacters: 200,
} as const;

/** How many seeds there are. */
export const SEEDS = 2 ** 32;

/** People's image number: 1..n in one conversation, inputs and results in one sequence. */
export const imageNumberSchema = z.int().positive();
const timestampMs = z.int().nonnegative();
const values = z.record(z.string(), z.union([z.string(), z.number()])).readonly();

/** A sentence for a person, kept as catalogue key and values so that every reader sees it in their language. */
const sayingSchema = z.object({ key: z.string(), values }).readonly();
export type Saying = z.infer<typeof sayingSchema>;

/** An error as it is stored and sent: `values` fill the placeholders of the code's sentence and hold no user text. */
const wireErrorSchema = z.object({ code: z.string(), values }).readonly();
export type WireError = z.infer<typeof wireErrorSchema>;

export const renderModeSchema = z.enum(['edit', 'generate']);
export type RenderMode = z.infer<typeof renderModeSchema>;

/** width:height, for example `3:2`. */
const aspectSchema = z.string().regex(/^\d{1,4}:\d{1,4}$/);
const pictureCountSchema = z.int().min(1).max(LIMITS.picturesPerMessage);

/**
 * What a program says beside the text of its request. It wins over what is read in the text; such a request uses every image
 * that it brings, and is neither taken for a word nor answered by a question.
 */
const wishesSchema = z
  .object({
    count: pictureCountSchema,
    aspect: aspectSchema.optional(),
    /** Of the first picture; the others count on. 0..2^32-1. */
    seed: z.int().nonnegative().lt(SEEDS).optional(),
  })
  .readonly();
export type Wishes = z.infer<typeof wishesSchema>;

/** What the VLM, or the rules, made of a message. `base` and `references` are people's image numbers. */
export const interpretationSchema = z
  .object({
    mode: z.enum(['edit', 'generate', 'clarify', 'chat']),
    base: imageNumberSchema.nullable(),
    references: z.array(imageNumberSchema).readonly(),
    /** In people's numbers; `core/mentions.ts` rewrites it to the model's positions. */
    instruction: z.string(),
    /** What the finished picture shows; empty where nobody described it. */
    description: z.string(),
    keep: z.array(z.string()).readonly(),
    /** Absent: the base's for an edit, the engine's default for a generation. */
    aspect: aspectSchema.optional(),
    count: pictureCountSchema,
    altText: z.string(),
    /** BCP 47. */
    language: z.string(),
    confidence: z.number().min(0).max(1),
    /** What to ask (`clarify`) or to answer (`chat`). */
    question: z.string().optional(),
    /** What people should know about how it was read. */
    note: sayingSchema.optional(),
    /** What a model said about the request; absent where only the rules judge it. */
    policy: policyVerdictSchema.optional(),
  })
  .readonly();
export type Interpretation = z.infer<typeof interpretationSchema>;

/** How a result came to be: what Retry, Undo, Details and branching read. */
const lineageSchema = z
  .object({
    renderId: renderIdSchema,
    /** The image that becomes current when this result is undone: the base of an edit, what was current before a generation. */
    parent: imageNumberSchema.nullable(),
    mode: renderModeSchema,
    base: imageNumberSchema.nullable(),
    references: z.array(imageNumberSchema).readonly(),
    instruction: z.string(),
    description: z.string(),
    prompt: z.string(),
    adapter: z.string(),
    seed: z.int().nonnegative(),
    steps: z.int().positive().optional(),
    model: z.string(),
    engine: slugSchema,
    /** What it was thought to cost. */
    cost: costSchema.optional(),
    /** Engines that were tried before, in order. */
    failedOn: z.array(slugSchema).readonly().optional(),
    timingsMs: z.record(z.string(), z.number()).readonly(),
    warnings: z.array(z.string()).readonly(),
  })
  .readonly();
export type LineageRecord = z.infer<typeof lineageSchema>;

const imageBase = {
  number: imageNumberSchema,
  turnId: turnIdSchema,
  altText: z.string(),
};
const pixels = {
  blob: blobKeySchema,
  widthPx: z.int().positive(),
  heightPx: z.int().positive(),
};
const origin = z.enum(['reply', 'attachment', 'link']);
type ImageOrigin = z.infer<typeof origin>;

const imageEntrySchema = z.discriminatedUnion('status', [
  z
    .object({
      ...imageBase,
      ...pixels,
      status: z.literal('ready'),
      kind: z.enum(['input', 'result']),
      /** Where an input came from; absent for results. */
      origin: origin.optional(),
      name: z.string().optional(),
      /** Present exactly on results. */
      lineage: lineageSchema.optional(),
    })
    .readonly(),
  z
    .object({
      ...imageBase,
      status: z.literal('failed'),
      kind: z.literal('input'),
      origin,
      name: z.string().optional(),
      reason: wireErrorSchema,
    })
    .readonly(),
]);
export type ImageEntry = z.infer<typeof imageEntrySchema>;
export type ReadyImage = Extract<ImageEntry, { status: 'ready' }>;

const renderEntrySchema = z
  .object({
    id: renderIdSchema,
    n: z.int().positive(),
    engine: slugSchema,
    seed: z.int().nonnegative(),
    status: z.enum(['queued', 'rendering', 'ready', 'failed', 'cancelled']),
    /** How often a worker began it: a render that kills its worker stops after a few. */
    runs: z.int().nonnegative(),
    /** The platform's id of the button press that asked for it: the same press twice is one render. */
    eventId: z.string().optional(),
    /** Who asked for it by a button or a word; whose budget it uses. Absent: the turn's author. */
    authorId: z.string().optional(),
    /** Estimated when it was asked for. */
    cost: costSchema.optional(),
    /** Engines that failed to make this picture before, in order. */
    failedOn: z.array(slugSchema).readonly().optional(),
    resultNumber: imageNumberSchema.optional(),
    error: wireErrorSchema.optional(),
    startedAt: timestampMs.optional(),
    endedAt: timestampMs.optional(),
  })
  .readonly();
export type RenderEntry = z.infer<typeof renderEntrySchema>;

const deliveryEntrySchema = z
  .object({
    id: deliveryIdSchema,
    n: z.int().positive(),
    kind: z.enum(['card', 'result', 'notice']),
    /** Which picture a `result` posts. */
    resultNumber: imageNumberSchema.optional(),
    status: z.enum(['pending', 'attempting', 'posted', 'abandoned']),
    nonce: z.string(),
    /** What a platform must remember before it completes the post (Slack: the uploaded file's id). */
    handle: z.string().optional(),
    postedId: z.string().optional(),
    error: wireErrorSchema.optional(),
    /** How often posting was begun; from the second time on, the platform is asked first whether the post is there. */
    attempts: z.int().nonnegative(),
  })
  .readonly();
export type DeliveryEntry = z.infer<typeof deliveryEntrySchema>;

const turnStatusSchema = z.enum([
  'received',
  'interpreting',
  'asked',
  'queued',
  'rendering',
  'delivering',
  'done',
  'failed',
  'cancelled',
]);
export type TurnStatus = z.infer<typeof turnStatusSchema>;

const turnSchema = z
  .object({
    id: turnIdSchema,
    /** The platform's id of the message: the same message twice is one turn. */
    messageId: z.string().min(1).max(LIMITS.idCharacters),
    authorId: z.string().optional(),
    status: turnStatusSchema,
    /** `request` is interpreted; `again` repeats an earlier interpretation; `word` was answered at once. */
    kind: z.enum(['request', 'again', 'word']),
    /** The earlier turn that an `again` repeats. */
    repeats: turnIdSchema.optional(),
    text: z.string(),
    /** The text as it is read, where words that were carried out at once are taken off it. */
    requestText: z.string().optional(),
    /** What the person chose by the Edit | Generate switch before sending. */
    chosenMode: renderModeSchema.optional(),
    wishes: wishesSchema.optional(),
    /** The engine that its sender chose. */
    engine: slugSchema.optional(),
    /** Numbers of the images that this message brought or pointed at, in order. */
    attached: z.array(imageNumberSchema).readonly(),
    interpretation: interpretationSchema.optional(),
    /** How often a worker began to interpret it. */
    interpretRuns: z.int().nonnegative(),
    renders: z.array(renderEntrySchema).readonly(),
    deliveries: z.array(deliveryEntrySchema).readonly(),
    /** The answer to a word, a question, or a remark such as "Image 2 could not be opened". */
    reply: sayingSchema.optional(),
    error: wireErrorSchema.optional(),
    receivedAt: timestampMs,
    endedAt: timestampMs.optional(),
  })
  .readonly();
export type Turn = z.infer<typeof turnSchema>;

/** The conversation document: the truth about one thread, DM or web session. */
export const conversationSchema = z
  .object({
    schemaVersion: z.literal(SCHEMA_VERSION),
    id: conversationIdSchema,
    /** 1 when first written, +1 with every write; compare-and-set compares it. */
    revision: z.int().positive(),
    platform: slugSchema,
    /** The platform's own address of the conversation (guild, channel, thread …); opaque here. */
    place: z.string().max(500),
    /** Whether cards and notices are posts of their own (Discord, Slack); the web page draws them from this document. */
    cards: z.boolean(),
    images: z.array(imageEntrySchema).readonly(),
    turns: z.array(turnSchema).readonly(),
    /** The image that "it" means: the last result, or what Undo went back to. */
    current: imageNumberSchema.nullable(),
    createdAt: timestampMs,
    updatedAt: timestampMs,
  })
  .readonly();
export type Conversation = z.infer<typeof conversationSchema>;

/** One image of an inbound message, downloaded, checked and stored by the bot before the core sees it. */
export type InboundImage =
  | {
      readonly status: 'ready';
      readonly origin: ImageOrigin;
      readonly blob: BlobKey;
      readonly widthPx: number;
      readonly heightPx: number;
      readonly name?: string;
      readonly altText?: string;
    }
  /** `reason.values` need no number: numbering adds it. */
  | { readonly status: 'failed'; readonly origin: ImageOrigin; readonly name?: string; readonly reason: WireError }
  /** An image that the conversation already numbers, for example the result that the message replies to. */
  | { readonly status: 'known'; readonly number: number };

/** A platform's message, parsed at the edge. Images may come in any order; the core numbers reply, attachment, link. */
export interface InboundMessage {
  /** The platform's id, 1 to 200 characters. */
  readonly messageId: string;
  readonly authorId?: string;
  readonly text: string;
  /** The Edit | Generate switch. */
  readonly mode?: RenderMode;
  readonly wishes?: Wishes;
  /** Id of the engine that shall make the pictures; absent: the place's. */
  readonly engine?: string;
  readonly images: readonly InboundImage[];
}

/** What a person corrects with one tap; what is absent stays as it was read. */
export const correctionSchema = z
  .object({
    mode: renderModeSchema.optional(),
    base: imageNumberSchema.nullable().optional(),
    references: z.array(imageNumberSchema).readonly().optional(),
    /** Id of the engine that shall make the picture from now on. */
    engine: slugSchema.optional(),
  })
  .readonly();
export type Correction = z.infer<typeof correctionSchema>;
