import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type ConversationManager, createConversationManager } from '../../../core/conversation-manager.ts';
import type { Turn } from '../../../core/domain.ts';
import { AppError } from '../../../core/errors.ts';
import { type ConversationEvent, conversationEventSchema, conversationTopic } from '../../../core/events.ts';
import { type ConversationId, interpretJobId, type TurnId } from '../../../core/ids.ts';
import { createRuleInterpreter } from '../../../core/intent-rules.ts';
import type { ImageEngine, Stop } from '../../../core/ports.ts';
import { createTexts } from '../../../core/texts/catalogue.ts';
import { en } from '../../../core/texts/en.ts';
import type { Home } from '../../../queue/homes/home.ts';
import { createWorkers } from '../../../queue/workers.ts';
import { aMessage } from '../../support/builders/conversation.ts';
import { createMemoryBlobs } from '../../support/fakes/blobs.ts';
import { createMemoryPlatform } from '../../support/fakes/chat-platform.ts';
import { createManualClock } from '../../support/fakes/clock.ts';
import { createMemoryEngine, memoryEngineDescription } from '../../support/fakes/engine.ts';
import { createMemoryLogger } from '../../support/fakes/logger.ts';
import { type StartedHome, testHomes } from '../../support/homes.ts';
import { whereFound } from '../../support/servers/find-program.ts';

const WAIT = { timeout: 15_000, interval: 10 };
const texts = createTexts(en, 'en');

for (const testHome of Object.values(testHomes)) {
  describe(`workers on ${testHome.name}`, { timeout: 30_000, ...whereFound(testHome.found) }, () => {
    const logger = createMemoryLogger();
    const blobs = createMemoryBlobs();
    let started: StartedHome;
    let home: Home;
    let close: Stop;
    let manager: ConversationManager;
    let platform: ReturnType<typeof createMemoryPlatform>;
    let conversationId: ConversationId;
    beforeAll(async () => {
      started = await testHome.start();
    }, 180_000);
    afterAll(() => started.stop());
    beforeEach(async () => {
      const { one, other, close: closeBoth } = await started.openTwo();
      home = other;
      close = closeBoth;
      platform = createMemoryPlatform();
      // The bot's process; the workers are in the other one.
      manager = managerOn(one);
      conversationId = (await manager.open({ platform: 'memory', cards: true })).id;
    });
    afterEach(() => close());

    function managerOn({ documents, jobs, ephemeral }: Home): ConversationManager {
      const { id, maxImages } = memoryEngineDescription;
      return createConversationManager(
        { documents, jobs, ephemeral, clock: createManualClock(), logger },
        { engine: { id, maxImages } },
      );
    }

    function start(engine: ImageEngine): Promise<Stop> {
      return createWorkers(
        { manager: managerOn(home), jobs: home.jobs, blobs, texts, logger },
        { interpreter: createRuleInterpreter({ texts }), engines: [engine], platforms: [platform] },
      );
    }

    async function send(text: string): Promise<TurnId> {
      const blob = await blobs.put(new TextEncoder().encode(text), 'image/png');
      const image = { status: 'ready' as const, origin: 'attachment' as const, blob, widthPx: 8, heightPx: 8 };
      return (await manager.receive(conversationId, aMessage(text, { images: [image] }))).turn.id;
    }

    async function turn(turnId: TurnId): Promise<Turn | undefined> {
      return (await manager.get(conversationId)).turns.find(({ id }) => id === turnId);
    }

    const becomes = (turnId: TurnId, status: Turn['status']) =>
      vi.waitFor(async () => expect((await turn(turnId))?.status).toBe(status), WAIT);
    const results = () => platform.posts.flatMap((post) => (post.kind === 'result' ? [post.content.image.number] : []));

    it('take a turn from the message to the posted picture and tell of its steps', async () => {
      const events: ConversationEvent[] = [];
      await home.ephemeral.subscribe(conversationTopic(conversationId), (message) =>
        events.push(conversationEventSchema.parse(JSON.parse(message))),
      );
      await start(createMemoryEngine());
      const turnId = await send('make image 1 red');
      await becomes(turnId, 'done');
      expect(results()).toEqual([2]);
      await vi.waitFor(() => expect(events.filter(({ kind }) => kind === 'progress')).toHaveLength(2), WAIT);
      expect(new Set(events.map(({ kind }) => kind))).toEqual(new Set(['image', 'turn', 'progress', 'preview']));
    });

    it('sweep at the start: a turn whose jobs were lost is finished', async () => {
      const turnId = await send('make image 1 red');
      expect(await home.jobs.cancel('interpret', interpretJobId(turnId))).toBe('removed');
      await start(createMemoryEngine());
      await becomes(turnId, 'done');
      expect(results()).toEqual([2]);
    });

    it('leave a render to the next workers when they stop, and it is posted once', async () => {
      const waiting = createWaitingEngine();
      const stop = await start(waiting.engine);
      const turnId = await send('make image 1 red');
      await waiting.begun;
      await stop();
      expect(waiting.reasons).toEqual(['shutdown']);
      expect((await turn(turnId))?.status).toBe('rendering');
      await start(createMemoryEngine());
      await becomes(turnId, 'done');
      expect(results()).toEqual([2]);
    });

    it('stop a render that a person cancels in another process', async () => {
      const waiting = createWaitingEngine();
      await start(waiting.engine);
      const turnId = await send('make image 1 red');
      await waiting.begun;
      await manager.cancel(turnId);
      await vi.waitFor(() => expect(waiting.reasons).toEqual(['cancelled']), WAIT);
      await becomes(turnId, 'cancelled');
      expect(results()).toEqual([]);
    });

    it('number and post the pictures of many people at once, each once', async () => {
      await start(createMemoryEngine());
      const turns = await Promise.all(Array.from({ length: 8 }, (_, index) => send(`make it red, variant ${index}`)));
      for (const turnId of turns) await becomes(turnId, 'done');
      const numbers = (await manager.get(conversationId)).images.map(({ number }) => number);
      expect(numbers).toEqual(Array.from({ length: 16 }, (_, index) => index + 1));
      expect(new Set(results()).size).toBe(8);
      expect(results()).toHaveLength(8);
    });
  });
}

/** An engine that makes nothing until it is stopped. */
function createWaitingEngine() {
  const reasons: unknown[] = [];
  let begin = () => {};
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const engine: ImageEngine = {
    description: memoryEngineDescription,
    async render(_request, { signal }) {
      begin();
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
      reasons.push(signal.reason);
      throw new AppError('CANCELLED', {});
    },
  };
  return { engine, begun, reasons };
}
