import type { ChatBot, ChatBotDeps } from '../../../bots/shared/chat-bot.ts';
import { createConversationManager } from '../../../core/conversation-manager.ts';
import { createDeliverHandler } from '../../../core/delivery.ts';
import { createRuleInterpreter } from '../../../core/intent-rules.ts';
import { createInterpretHandler, createRenderHandler } from '../../../core/job-handlers.ts';
import type { ImageEngine, Stop } from '../../../core/ports.ts';
import { createTexts } from '../../../core/texts/catalogue.ts';
import { en } from '../../../core/texts/en.ts';
import { shrinkImage } from '../../../inference/index.ts';
import { createImageIntake } from '../../../queue/inference/image-intake.ts';
import { createMemoryBlobs } from '../fakes/blobs.ts';
import { createMemoryDocuments } from '../fakes/documents.ts';
import { createMemoryEphemeral } from '../fakes/ephemeral.ts';
import { createMemoryInbox } from '../fakes/inbox.ts';
import { createMemoryJobs } from '../fakes/jobs.ts';
import { createMemoryLogger } from '../fakes/logger.ts';
import { createGate } from '../web/gate.ts';
import { createPaintingEngine } from '../web/painting-engine.ts';
import { engineSettings, type PricedEngine } from './priced-engines.ts';

const DELIVERIES = 4;

export interface MemoryChatOptions {
  readonly engine?: ImageEngine;
  /** Engines that may be chosen beside it. */
  readonly others?: readonly PricedEngine[];
}

/** A whole Easel in this process for a chat bot: memory in place of storage and queue, a painting engine, and the real bot. */
export async function startMemoryChat(
  createBot: (deps: ChatBotDeps) => ChatBot,
  { others = [], ...options }: MemoryChatOptions = {},
) {
  const clock = { now: () => Date.now() };
  const logger = createMemoryLogger();
  const texts = createTexts(en, 'en');
  const documents = createMemoryDocuments();
  const blobs = createMemoryBlobs();
  const jobs = createMemoryJobs();
  const ephemeral = createMemoryEphemeral(clock);
  let gate = createGate();
  gate.open();
  const engine = options.engine ?? createPaintingEngine({ steps: 3, beforeStep: () => gate.pass() });
  const manager = createConversationManager(
    { documents, jobs, ephemeral, clock, logger },
    engineSettings(engine, others),
  );
  const stops: Stop[] = [
    await jobs.work(
      'interpret',
      createInterpretHandler({ manager, interpreter: createRuleInterpreter({ texts }), logger }),
    ),
  ];
  for (const each of [engine, ...others.map((other) => other.engine)]) {
    const render = createRenderHandler({ manager, engine: each, blobs, logger });
    stops.push(await jobs.work(`render-${each.description.id}`, render));
  }
  const deps: ChatBotDeps = {
    manager,
    documents,
    inbox: createMemoryInbox(),
    jobs,
    ephemeral,
    blobs,
    intake: createImageIntake(),
    shrinkImage,
    texts,
    clock,
    logger,
  };

  async function startBot() {
    const bot = createBot(deps);
    const stopWork = await jobs.work(
      `deliver-${bot.platform.name}`,
      createDeliverHandler({ manager, platform: bot.platform, texts, logger }),
      { concurrency: DELIVERIES },
    );
    bot.start();
    return {
      bot,
      async stop() {
        await bot.stop();
        await stopWork();
      },
    };
  }

  let running = await startBot();
  return {
    deps,
    jobs,
    documents,
    logger,
    bot: () => running.bot,
    /** Pictures are begun, but not made until `release`. */
    hold(): void {
      gate = createGate();
    },
    release: () => gate.open(),
    /** Resolves when a picture waits to be released. */
    held: () => gate.reached(),
    /** The bot's process ends: nothing is taken and nothing posted any more. */
    stopBot: () => running.stop(),
    /** A new process of the bot, on the same stores. */
    async startBot(): Promise<void> {
      running = await startBot();
    },
    async restart(): Promise<void> {
      await running.stop();
      running = await startBot();
    },
    async stop(): Promise<void> {
      gate.open();
      await running.stop();
      for (const stop of stops) await stop();
    },
  };
}
