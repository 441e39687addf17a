import type { Pressed } from './conversation.ts';
import { type ConversationDeps, createConversationStore, type NewConversation } from './conversation-store.ts';
import type {
  Conversation,
  Correction,
  DeliveryEntry,
  ImageEntry,
  InboundMessage,
  Interpretation,
  Turn,
  WireError,
} from './domain.ts';
import type { EngineSettings } from './engine-choice.ts';
import { AppError } from './errors.ts';
import { type ConversationId, newTurnId, type TurnId } from './ids.ts';
import type { EngineStep, InterpreterRequest } from './ports.ts';
import type { DeliverJob, InterpretJob, RenderJob, RenderOutcome, RenderRequest } from './render.ts';
import { interpreterRequest, renderRequest } from './requests.ts';
import type { ConversationSettings } from './turn-changes.ts';
import { findTurn } from './turns.ts';

export interface Received {
  readonly turn: Turn;
  /** The images the message brought or pointed at, in order. */
  readonly images: readonly ImageEntry[];
  /** True when this message had been received before. */
  readonly isRepeat: boolean;
}

export interface DeliveryTask {
  readonly document: Conversation;
  readonly turn: Turn;
  readonly delivery: DeliveryEntry;
  /** An earlier attempt may have posted: look before posting again. */
  readonly mayBePosted: boolean;
}

export const DEFAULT_SETTINGS = { maxOpenTurns: 10, maxRuns: 5 } as const;

/**
 * What people, buttons and workers do to conversations. Everything at least once: every method may be called again with the
 * same arguments, and work that nobody needs any more is told so (`undefined`) instead of being done.
 */
export function createConversationManager(
  deps: ConversationDeps,
  options: EngineSettings & Partial<ConversationSettings>,
) {
  const settings: ConversationSettings = { ...DEFAULT_SETTINGS, ...options };
  const engines: EngineSettings = options;
  const store = createConversationStore(deps, settings);

  async function ofTurn(turnId: TurnId, apply: (id: ConversationId) => Promise<Conversation>): Promise<Turn> {
    return turnIn(await apply(await store.conversationOf(turnId)), turnId);
  }

  return {
    /** The engines that requests may choose. */
    engines,

    /** @throws AppError STORE_UNAVAILABLE */
    open: (conversation: NewConversation) => store.open(conversation),

    /** @throws AppError CONVERSATION_UNKNOWN */
    get: (id: ConversationId) => store.get(id),

    /** @throws AppError TURN_UNKNOWN */
    conversationOf: (turnId: TurnId) => store.conversationOf(turnId),

    /**
     * A person's message. Its images are stored already; the turn's id is ready when this resolves.
     * @throws AppError CONVERSATION_UNKNOWN, TEXT_EMPTY, TEXT_TOO_LONG, TOO_MANY_IMAGES, NO_IMAGE, UNKNOWN_IMAGE,
     *   ENGINE_UNKNOWN, IMAGE_UNREADABLE, IMAGE_TOO_LARGE, DOWNLOAD_FAILED (when no image could be used), LIMIT; nothing is recorded then.
     */
    async receive(id: ConversationId, message: InboundMessage): Promise<Received> {
      const turnId = newTurnId();
      const document = await store.apply(id, { kind: 'message-received', turnId, message });
      const turn = document.turns.find((each) => each.messageId === message.messageId);
      if (turn === undefined) throw new AppError('TURN_UNKNOWN', {});
      const images = turn.attached.flatMap((number) => document.images.find((image) => image.number === number) ?? []);
      return { turn, images, isRepeat: turn.id !== turnId };
    },

    /** Stop a turn at any state; one that ended stays as it is. @throws AppError TURN_UNKNOWN (all buttons). */
    cancel: (turnId: TurnId) => ofTurn(turnId, (id) => store.apply(id, { kind: 'cancelled', turnId })),

    /** The same reading once more with a new seed. @throws AppError NOTHING_TO_REPEAT for a turn that asked for no picture. */
    retry: (turnId: TurnId, button: Pressed = {}) =>
      ofTurn(turnId, (id) => store.apply(id, { kind: 'retried', turnId, ...button })),

    /**
     * Render the corrected reading, with another engine where one is chosen.
     * @throws AppError NOTHING_TO_REPEAT (not interpreted yet, or only an engine for what asked for no picture),
     *   ENGINE_UNKNOWN, NO_IMAGE, UNKNOWN_IMAGE, TOO_MANY_IMAGES
     */
    correct: (turnId: TurnId, correction: Correction, button: Pressed = {}) =>
      ofTurn(turnId, (id) => store.apply(id, { kind: 'corrected', turnId, correction, ...button })),

    /** "it" means the parent of this turn's result from now on. @throws AppError NOTHING_TO_REPEAT without a result. */
    undo: (turnId: TurnId) => ofTurn(turnId, (id) => store.apply(id, { kind: 'undone', turnId })),

    /** @returns what to interpret; undefined when it is done, cancelled, or not its turn yet. */
    async startInterpretation({ conversationId, turnId }: InterpretJob): Promise<InterpreterRequest | undefined> {
      const document = await store.apply(conversationId, { kind: 'interpret-started', turnId });
      const turn = turnIn(document, turnId);
      return turn.status === 'interpreting' ? interpreterRequest(document, turn, settings) : undefined;
    },

    async recordInterpretation(
      { conversationId, turnId }: InterpretJob,
      interpretation: Interpretation,
    ): Promise<void> {
      await store.apply(conversationId, { kind: 'interpreted', turnId, interpretation });
    },

    async recordInterpretationFailure({ conversationId, turnId }: InterpretJob, error: WireError): Promise<void> {
      await store.apply(conversationId, { kind: 'interpret-failed', turnId, error });
    },

    /** @returns the work order; undefined when the render ended or was cancelled. @throws AppError IMAGE_GONE */
    async startRender({ conversationId, turnId, n }: RenderJob): Promise<RenderRequest | undefined> {
      const document = await store.apply(conversationId, { kind: 'render-started', turnId, n });
      const turn = turnIn(document, turnId);
      const render = turn.renders.find((each) => each.n === n);
      return render?.status === 'rendering' ? renderRequest(document, turn, render) : undefined;
    },

    /** Progress for whoever watches; kept nowhere, never fails. */
    async recordStep(
      { conversationId, turnId, renderId }: Pick<RenderRequest, 'conversationId' | 'turnId' | 'renderId'>,
      step: EngineStep,
    ): Promise<void> {
      await store.publish(conversationId, { kind: 'progress', turnId, renderId, step: step.step, steps: step.steps });
      if (step.previewDataUrl === undefined) return;
      await store.publish(conversationId, { kind: 'preview', turnId, renderId, dataUrl: step.previewDataUrl });
    },

    /** @returns the result's number: the same for every repetition; undefined when there is none (failed, cancelled before). */
    async recordRenderOutcome(
      { conversationId, turnId, n }: RenderJob,
      outcome: RenderOutcome,
    ): Promise<number | undefined> {
      const document = await store.apply(conversationId, { kind: 'render-ended', turnId, n, outcome });
      return turnIn(document, turnId).renders.find((each) => each.n === n)?.resultNumber;
    },

    /** Note that a post is about to be made. @returns undefined when it was posted or given up. */
    async startDelivery({ conversationId, turnId, n }: DeliverJob): Promise<DeliveryTask | undefined> {
      const document = await store.apply(conversationId, { kind: 'delivery-attempted', turnId, n });
      const turn = turnIn(document, turnId);
      const delivery = turn.deliveries.find((each) => each.n === n);
      if (delivery?.status !== 'attempting') return undefined;
      return { document, turn, delivery, mayBePosted: delivery.attempts > 1 };
    },

    async keepDeliveryHandle({ conversationId, turnId, n }: DeliverJob, handle: string): Promise<void> {
      await store.apply(conversationId, { kind: 'delivery-handle-kept', turnId, n, handle });
    },

    async recordDelivery({ conversationId, turnId, n }: DeliverJob, postedId: string): Promise<void> {
      await store.apply(conversationId, { kind: 'delivery-posted', turnId, n, postedId });
    },

    /** Give a post up. Without an error: it is not needed any more. */
    async abandonDelivery({ conversationId, turnId, n }: DeliverJob, error?: WireError): Promise<void> {
      await store.apply(conversationId, {
        kind: 'delivery-abandoned',
        turnId,
        n,
        ...(error === undefined ? {} : { error }),
      });
    },

    /** At start and every minute: re-add what an unfinished turn needs. @returns how many jobs are now known to exist. */
    sweep: () => store.sweep(),
  };
}

export type ConversationManager = ReturnType<typeof createConversationManager>;

function turnIn(document: Conversation, turnId: TurnId): Turn {
  const turn = findTurn(document, turnId);
  if (turn === undefined) throw new AppError('TURN_UNKNOWN', {});
  return turn;
}
