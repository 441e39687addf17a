import { type ConversationManager, createConversationManager } from '../../core/conversation-manager.ts';
import { createDeliverHandler } from '../../core/delivery.ts';
import type { Conversation, InboundMessage, Turn } from '../../core/domain.ts';
import type { ConversationId, TurnId } from '../../core/ids.ts';
import { createRuleInterpreter } from '../../core/intent-rules.ts';
import { createInterpreterWithFallback } from '../../core/interpreters/with-fallback.ts';
import { createInterpretHandler, createRenderHandler } from '../../core/job-handlers.ts';
import type { Interpreter, SafetyFilter } from '../../core/ports.ts';
import { createTexts } from '../../core/texts/catalogue.ts';
import { en } from '../../core/texts/en.ts';
import type { ConversationSettings } from '../../core/turn-changes.ts';
import { aMessage } from './builders/conversation.ts';
import { createMemoryBlobs } from './fakes/blobs.ts';
import { createMemoryPlatform } from './fakes/chat-platform.ts';
import { createManualClock } from './fakes/clock.ts';
import { createMemoryDocuments } from './fakes/documents.ts';
import { createMemoryEngine } from './fakes/engine.ts';
import { createMemoryEphemeral } from './fakes/ephemeral.ts';
import { createMemoryJobs } from './fakes/jobs.ts';
import { createMemoryLogger } from './fakes/logger.ts';

export interface EaselOptions {
  readonly interpreter?: Interpreter;
  readonly fallback?: Interpreter;
  readonly safety?: SafetyFilter;
  readonly engine?: ReturnType<typeof createMemoryEngine>;
  readonly settings?: Partial<ConversationSettings>;
}

export const englishTexts = createTexts(en, 'en');

/** A whole Easel without any process, file or socket: every port is a fake, the core is real. */
export function createEaselInMemory(options: EaselOptions = {}) {
  const clock = createManualClock();
  const documents = createMemoryDocuments();
  const jobs = createMemoryJobs();
  const ephemeral = createMemoryEphemeral(clock);
  const blobs = createMemoryBlobs();
  const logger = createMemoryLogger();
  const platform = createMemoryPlatform();
  const engine = options.engine ?? createMemoryEngine();
  const { id, maxImages } = engine.description;
  const manager: ConversationManager = createConversationManager(
    { documents, jobs, ephemeral, clock, logger },
    { engine: { id, maxImages }, ...options.settings },
  );
  const main = options.interpreter ?? createRuleInterpreter({ texts: englishTexts });
  const { fallback, safety } = options;
  const interpreter = fallback === undefined ? main : createInterpreterWithFallback({ main, fallback, logger });
  const handlers = {
    interpret: createInterpretHandler({ manager, interpreter, logger }),
    render: createRenderHandler({ manager, engine, blobs, logger, ...(safety === undefined ? {} : { safety }) }),
    deliver: createDeliverHandler({ manager, platform, texts: englishTexts, logger }),
  };

  async function turn(turnId: TurnId): Promise<Turn> {
    const document = await manager.get(await manager.conversationOf(turnId));
    const found = document.turns.find((each) => each.id === turnId);
    if (found === undefined) throw new Error('no such turn');
    return found;
  }

  return {
    clock,
    documents,
    jobs,
    ephemeral,
    blobs,
    logger,
    platform,
    engine,
    manager,
    handlers,
    turn,
    open: (cards = false): Promise<Conversation> => manager.open({ platform: 'memory', cards }),

    /** Serve every queue, or the named ones. @returns a stop for all of them. */
    async serve(kinds: readonly (keyof typeof handlers)[] = ['interpret', 'render', 'deliver']) {
      const queues = { interpret: 'interpret', render: `render-${id}`, deliver: `deliver-${platform.name}` } as const;
      const stops = await Promise.all(kinds.map((kind) => jobs.work(queues[kind], handlers[kind])));
      return async () => {
        await Promise.all(stops.map((stop) => stop()));
      };
    },

    /** An input picture, stored as a bot stores it. */
    async image(label: string) {
      const blob = await blobs.put(new TextEncoder().encode(label), 'image/png');
      return { status: 'ready' as const, origin: 'attachment' as const, blob, widthPx: 8, heightPx: 8 };
    },

    /** Send a message and wait until nothing is left to do. */
    async say(id: ConversationId, text: string, message: Partial<InboundMessage> = {}): Promise<Turn> {
      const received = await manager.receive(id, aMessage(text, message));
      await jobs.idle();
      return turn(received.turn.id);
    },
  };
}

/** A conversation with two images and result 3, everything served. */
export async function easelWithResult() {
  const easel = createEaselInMemory();
  const stop = await easel.serve();
  const { id } = await easel.open();
  const images = [await easel.image('bag'), await easel.image('dress')];
  const turn = await easel.say(id, 'Give the bag in image 1 the pattern of the dress in image 2', { images });
  return { easel, id, turn, stop };
}
