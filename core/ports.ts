import type { CardContent, NoticeContent, ResultContent } from './content.ts';
import type { Conversation, ImageEntry, Interpretation, RenderMode } from './domain.ts';
import type { BlobKey, ConversationId, JobId } from './ids.ts';
import type { PromptReading } from './prompt.ts';
import type { DeliverJob, InterpretJob, RenderJob } from './render.ts';
import type { PictureVerdict } from './safety/picture-verdict.ts';
import type { PolicyVerdict } from './safety/policy-verdict.ts';

/** Ends a subscription or a worker; resolves when nothing more will be called. Calling it twice is harmless. */
export type Stop = () => Promise<void>;

/** Now, in milliseconds since 1970. */
export interface Clock {
  now(): number;
}

/** Structured log. The message is constant, what varies is a field. Never prompts, names, bytes or tokens. */
export interface Logger {
  debug(fields: Readonly<Record<string, unknown>>, message: string): void;
  info(fields: Readonly<Record<string, unknown>>, message: string): void;
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
  error(fields: Readonly<Record<string, unknown>>, message: string): void;
}

/** Conversation documents, durable: what `compareAndSet` confirmed survives kill -9 and power loss. */
export interface Documents {
  /** @throws AppError STORE_UNAVAILABLE, PAYLOAD_INVALID (a document this version cannot read). */
  get(id: ConversationId): Promise<Conversation | undefined>;
  /**
   * Write `document` if the stored revision is `document.revision - 1` (revision 1: if none is stored).
   * @returns false when somebody else was faster; nothing is written then.
   * @throws AppError STORE_UNAVAILABLE
   */
  compareAndSet(document: Conversation): Promise<boolean>;
  /** Conversations that have a turn for which `isUnfinished` (core/turns.ts) holds; order does not matter. */
  listUnfinished(): Promise<readonly ConversationId[]>;
  /**
   * Point `alias` (any text up to 500 characters: a turn's id, a platform's thread or message) at a conversation, durably.
   * The first link wins.
   * @returns the conversation the alias points at from now on.
   */
  link(alias: string, id: ConversationId): Promise<ConversationId>;
  resolve(alias: string): Promise<ConversationId | undefined>;
}

/** State that may be lost: idempotency keys, counters, publish/subscribe. */
export interface Ephemeral {
  /** True for exactly one caller per key until `ttlMs` has passed. */
  once(key: string, ttlMs: number): Promise<boolean>;
  /** Add `by` (may be negative) to a counter that starts at 0 and is forgotten `ttlMs` after its first change. @returns the new value. */
  count(key: string, by: number, ttlMs: number): Promise<number>;
  /** Best effort: subscribers of this moment, in every process, hear it in order of publishing. */
  publish(topic: string, message: string): Promise<void>;
  /** Resolves once every later publish will be heard. A throwing listener does not disturb the others. */
  subscribe(topic: string, listener: (message: string) => void): Promise<Stop>;
}

/** Encoded images by key. A stored blob never changes. */
export interface Blobs {
  /** Durable when it resolves. The same bytes may get the same key. */
  put(bytes: Uint8Array, contentType: string): Promise<BlobKey>;
  /** @returns undefined when there is none (never stored, deleted or expired). The caller owns the bytes. */
  get(key: BlobKey): Promise<{ readonly bytes: Uint8Array; readonly contentType: string } | undefined>;
  has(key: BlobKey): Promise<boolean>;
  /** Deleting what is not there is fine. */
  delete(key: BlobKey): Promise<void>;
}

/** `interpret`, `render-<engine id>` or `deliver-<platform>`. */
export type QueueName = 'interpret' | `render-${string}` | `deliver-${string}`;
export type JobInput = InterpretJob | RenderJob | DeliverJob;

export interface JobProgress {
  readonly step: number;
  readonly steps: number;
}

export type JobState =
  /** `position` counts the jobs that start before this one, from 0; about, where fairness reorders. */
  | { readonly kind: 'waiting'; readonly position: number }
  | { readonly kind: 'active'; readonly progress?: JobProgress }
  /** Unknown, finished, failed or removed: the document says which. */
  | { readonly kind: 'absent' };

export interface JobRun {
  readonly id: JobId;
  readonly input: JobInput;
  /** From 1; also counts runs that a killed worker began. */
  readonly attempt: number;
  /** True when a throw would not be retried any more. */
  readonly isLastAttempt: boolean;
  /** Aborted by `cancel` (reason `cancelled`) and when the worker shuts down (reason `shutdown`). */
  readonly signal: AbortSignal;
  /** Best effort; what `state` reports. */
  progress(progress: JobProgress): Promise<void>;
}

/**
 * What to do with a job. Resolving finishes it. Throwing an AppError follows its policy row: retried with backoff or ended;
 * anything else thrown is retried until the last attempt. A throw after an abort by `shutdown` leaves the job to the next worker.
 */
export type JobHandler = (run: JobRun) => Promise<void>;

/** Work that another process may do; at least once. Lost jobs are re-added by the manager's sweep. */
export interface Jobs {
  /**
   * Idempotent by id while that job is waiting or active. A job that ended (finished, failed, cancelled) is forgotten:
   * the same id added again runs again, otherwise the sweep could not repair a failed one.
   * @param options.owner whose job it is, for fair order.
   * @throws AppError QUEUE_UNAVAILABLE
   */
  add(
    queue: QueueName,
    id: JobId,
    input: JobInput,
    options?: { readonly owner?: string; readonly delayMs?: number },
  ): Promise<void>;
  /** Remove a waiting job (it never starts) or abort an active one's signal, in whichever process it runs. */
  cancel(queue: QueueName, id: JobId): Promise<'removed' | 'signalled' | 'absent'>;
  state(queue: QueueName, id: JobId): Promise<JobState>;
  /**
   * Serve a queue. @param options.concurrency jobs at once, default 1.
   * @returns a stop that takes no new job, aborts active ones with reason `shutdown` and waits for their handlers.
   */
  work(queue: QueueName, handler: JobHandler, options?: { readonly concurrency?: number }): Promise<Stop>;
}

/** A picture as it is stored: upright, without metadata, decodable by every engine. */
export interface NormalisedImage {
  readonly bytes: Uint8Array;
  readonly contentType: string;
  readonly widthPx: number;
  readonly heightPx: number;
}

/** Checks and normalises what a person sent, before anything is stored. */
export interface ImageIntake {
  /**
   * Told by its bytes, never by name or declared type; limits are checked before decoding, of an animation the first frame is used.
   * @param bytes at most `LIMITS.imageBytes`.
   * @throws AppError IMAGE_UNREADABLE, IMAGE_TOO_LARGE (numbering replaces their `number`), CANCELLED
   */
  normalise(bytes: Uint8Array, options: { readonly signal: AbortSignal }): Promise<NormalisedImage>;
}

/** What an interpreter reads: the sentence and the images it may be about, in people's numbers. */
export interface InterpreterRequest {
  readonly text: string;
  readonly chosenMode?: RenderMode;
  /** Every image of the conversation, failed ones too. */
  readonly images: readonly ImageEntry[];
  /** Numbers this message brought, in order: "attachment 2" is the second. */
  readonly attached: readonly number[];
  /** Numbers of the pictures that this person sent, where people are told apart: "mine" is one of them. */
  readonly own?: readonly number[];
  /** What "it" means. */
  readonly current: number | null;
  /** The reading of the turn before, for "same but tilted". */
  readonly previous?: Interpretation;
  /** How many images the engine takes, base included. */
  readonly maxImages: number;
}

/** A casual request with numbered images -> a structured instruction. */
export interface Interpreter {
  /** @throws AppError NO_IMAGE, UNKNOWN_IMAGE, TOO_MANY_IMAGES, IMAGE_FAILED, CANCELLED, ENGINE_UNAVAILABLE */
  interpret(request: InterpreterRequest, options: { readonly signal: AbortSignal }): Promise<Interpretation>;
}

/** What a chat model is shown in one message, in order. */
export type ChatPart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'image'; readonly bytes: Uint8Array; readonly contentType: string };

export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: readonly ChatPart[];
}

/** Why a chat model gave no text. */
export type ChatFailure =
  | 'timeout'
  | 'unreachable'
  | 'key-refused'
  | 'not-found'
  | 'too-many-requests'
  | 'request-refused'
  | 'server-failed'
  | 'answer-refused'
  | 'malformed';

export type ChatAnswer =
  /** `isCut`: it ended because it became too long. */
  | { readonly kind: 'text'; readonly text: string; readonly isCut: boolean }
  | { readonly kind: 'failed'; readonly reason: ChatFailure };

/** A model that reads texts and pictures and answers with text, here or on a server. */
export interface ChatModel {
  /** `local`, or `provider:model`; for logs. */
  readonly name: string;
  /** One call, never repeated by itself. What goes wrong is an answer too; an abort is a `timeout`. */
  ask(messages: readonly ChatMessage[], options: { readonly signal: AbortSignal }): Promise<ChatAnswer>;
}

/** What an engine says about itself, known without loading it. */
export interface EngineDescription {
  /** Slug [a-z0-9-]; its queue is `render-<id>`. */
  readonly id: string;
  /** Name and version of the model, for lineage. */
  readonly model: string;
  readonly licence: string;
  readonly attribution: readonly string[];
  /** Images per render, base included. */
  readonly maxImages: number;
  /** Denoising steps when nobody asks for a number; null: it has none that can be chosen. */
  readonly defaultSteps: number | null;
  readonly guidance: {
    readonly kind: 'distilled' | 'true-cfg' | 'none';
    readonly default: number;
  };
  readonly size: {
    readonly multiple: number;
    /** `listed`: one of `native`, the nearest by aspect; `unknown`: whatever the server makes. */
    readonly rule: 'native' | 'kontext' | 'free' | 'listed' | 'unknown';
    readonly native: readonly (readonly [number, number])[];
  };
  /** Beside `none`. */
  readonly adapters: readonly string[];
  /** Whether the same request and seed give the same picture. */
  readonly seed: boolean;
  /** Whether cancelling ends the work; without it we only stop waiting, and a paid server may charge. */
  readonly cancel: boolean;
  /** Whether steps are told while it works, and whether some bring a preview. */
  readonly progress: boolean;
  readonly previews: boolean;
  /** Renders that it works on at the same time; more would only wait there. */
  readonly atOnce: number;
}

export interface EngineRequest {
  readonly mode: RenderMode;
  readonly prompt: string;
  /** What the prompt was composed of, for engines that are asked in sentences of their own. */
  readonly reading?: PromptReading;
  readonly adapter: string;
  /** Encoded pictures; edit: the base first. At most `maxImages`. */
  readonly images: readonly Uint8Array[];
  readonly seed: number;
  readonly steps?: number;
  readonly guidance?: number;
  /** width:height; absent: the base's aspect, or the first native size. */
  readonly aspect?: string;
}

export interface EngineStep {
  /** Denoising steps done, 1..steps. */
  readonly step: number;
  readonly steps: number;
  /** A small JPEG or PNG as data URL, where the engine offers one. */
  readonly previewDataUrl?: string;
}

export interface EngineResult {
  /** Encoded PNG, one per picture; one is asked for at a time. */
  readonly images: readonly {
    readonly bytes: Uint8Array;
    readonly contentType: string;
    readonly widthPx: number;
    readonly heightPx: number;
  }[];
  /** Absent where the engine does not say. */
  readonly steps?: number;
  /** Sentences for Details, for example that the text was cut at the model's limit. */
  readonly warnings: readonly string[];
  readonly timingsMs: Readonly<Record<string, number>>;
}

/** Whatever turns a structured instruction and images into a picture. */
export interface ImageEngine {
  readonly description: EngineDescription;
  /**
   * Same request and seed: same bytes, on the same machine and where the description says so.
   * @param options.onStep called after each step, where the engine tells them; what it throws is ignored.
   * @throws AppError CANCELLED after an abort, INFERENCE_OUT_OF_MEMORY, INFERENCE_CHILD_DIED, MODEL_INVALID, TOO_MANY_IMAGES,
   *   ENGINE_UNAVAILABLE, ENGINE_BUSY, ENGINE_QUOTA, ENGINE_MISCONFIGURED, ENGINE_CANNOT, ENGINE_FAILED, PROMPT_BLOCKED,
   *   RESULT_BLOCKED
   */
  render(
    request: EngineRequest,
    options: {
      readonly signal: AbortSignal;
      readonly onStep?: (step: EngineStep) => void;
    },
  ): Promise<EngineResult>;
}

/** Decides what may be made and shown. It never lets pass what it could not look at. */
export interface SafetyFilter {
  /** What an engine is about to be told. @throws AppError SAFETY_UNAVAILABLE, CANCELLED */
  checkPrompt(prompt: string, options: { readonly signal: AbortSignal }): Promise<PolicyVerdict>;
  /** An encoded picture that is about to be used or shown. @throws AppError SAFETY_UNAVAILABLE, CANCELLED */
  checkImage(bytes: Uint8Array, options: { readonly signal: AbortSignal }): Promise<PictureVerdict>;
}

/** Where to post: the conversation's place, and the message that is answered. */
export interface PostTarget {
  readonly conversationId: ConversationId;
  readonly place: string;
  readonly replyTo: string;
}

/** How a post is made findable: a retry looks for `nonce` or `handle` before it posts again. */
export interface PostAttempt {
  readonly nonce: string;
  /** Kept by an earlier attempt. */
  readonly handle?: string;
  /** Store what the platform needs to find the post later; await it before the step that makes the post visible. */
  keepHandle(handle: string): Promise<void>;
  readonly signal: AbortSignal;
}

/** One chat platform. Every post returns the platform's id of the message. */
export interface ChatPlatform {
  /** Slug; its queue is `deliver-<name>`. */
  readonly name: string;
  /** Tell the person at once that the message was seen (reaction, typing). Best effort, never throws. */
  acknowledge(target: PostTarget): Promise<void>;
  /** @throws AppError PLATFORM_RATE_LIMITED, PLATFORM_FORBIDDEN, PLATFORM_NOT_FOUND, PLATFORM_UNAVAILABLE (all posts). */
  postCard(target: PostTarget, card: CardContent, attempt: PostAttempt): Promise<string>;
  updateCard(target: PostTarget, postedId: string, card: CardContent): Promise<void>;
  postResult(target: PostTarget, result: ResultContent, attempt: PostAttempt): Promise<string>;
  postNotice(target: PostTarget, notice: NoticeContent, attempt: PostAttempt): Promise<string>;
  /**
   * Where this person reads what may not be posted in the conversation's place; absent on platforms without such a place.
   * @throws AppError PLATFORM_FORBIDDEN when the person takes nothing there, and as the posts do.
   */
  privatePlace?(target: PostTarget, authorId: string): Promise<string>;
  /** The post that an attempt with this nonce or handle made, if it was made. */
  findPost(target: PostTarget, attempt: PostAttempt): Promise<string | undefined>;
}
