import { createSlackBot, type SlackBotOptions } from '../../../bots/slack/create-slack-bot.ts';
import { createConversationManager } from '../../../core/conversation-manager.ts';
import { createDeliverHandler } from '../../../core/delivery.ts';
import { createRuleInterpreter } from '../../../core/intent-rules.ts';
import { createInterpretHandler, createRenderHandler } from '../../../core/job-handlers.ts';
import type { ImageEngine, Stop } from '../../../core/ports.ts';
import { Secret } from '../../../core/secret.ts';
import { createTexts } from '../../../core/texts/catalogue.ts';
import { en } from '../../../core/texts/en.ts';
import { createImageIntake } from '../../../queue/inference/image-intake.ts';
import { createMemoryBlobs } from '../fakes/blobs.ts';
import { createMemoryDocuments } from '../fakes/documents.ts';
import { createMemoryEphemeral } from '../fakes/ephemeral.ts';
import { createMemoryJobs } from '../fakes/jobs.ts';
import { createMemoryLogger } from '../fakes/logger.ts';
import { createPaintingEngine } from '../web/painting-engine.ts';
import { APP_TOKEN, BOT_TOKEN, type FakeSlack, SIGNING_SECRET } from './fake-slack.ts';

/** Short, so that tests see edits and shares soon; the real times are tested beside. */
export const QUICK_TIMES = {
  share: { sharedWithinMs: 400, pollMs: 20 },
  cards: { everyMs: 60, gapMs: 0 },
  retryMs: 20,
} as const;

export interface SlackEaselOptions {
  readonly engine?: ImageEngine;
  readonly transport?: 'socket' | 'http';
  readonly times?: SlackBotOptions['times'];
  readonly botToken?: string;
}

/** Easel in memory with a painting engine and the real Slack bot, connected to a fake Slack. */
export async function createSlackEasel(slack: FakeSlack, options: SlackEaselOptions = {}) {
  const clock = { now: () => Date.now() };
  const logger = createMemoryLogger();
  const texts = createTexts(en, 'en');
  const documents = createMemoryDocuments();
  const blobs = createMemoryBlobs();
  const jobs = createMemoryJobs();
  const ephemeral = createMemoryEphemeral(clock);
  const engine = options.engine ?? createPaintingEngine();
  const { id, maxImages } = engine.description;
  const manager = createConversationManager(
    { documents, jobs, ephemeral, clock, logger },
    { engine: { id, maxImages } },
  );
  const interpreter = createRuleInterpreter({ texts });
  const working: Stop[] = [
    await jobs.work('interpret', createInterpretHandler({ manager, interpreter, logger }), { concurrency: 4 }),
    await jobs.work(`render-${id}`, createRenderHandler({ manager, engine, blobs, logger })),
  ];

  /** The bot's process: what it holds in memory ends with it. */
  async function startBot() {
    const deps = {
      manager,
      documents,
      jobs,
      ephemeral,
      blobs,
      intake: createImageIntake(),
      shrinkImage: () => Promise.resolve(undefined),
      texts,
      clock,
      logger,
    };
    const bot = createSlackBot(deps, {
      botToken: new Secret(options.botToken ?? BOT_TOKEN),
      ...(options.transport === 'http'
        ? { signingSecret: new Secret(SIGNING_SECRET) }
        : { appToken: new Secret(APP_TOKEN) }),
      endpoints: { apiUrl: slack.apiUrl, fileOrigins: slack.fileOrigins },
      times: options.times ?? QUICK_TIMES,
    });
    const deliver = createDeliverHandler({ manager, platform: bot.platform, texts, logger });
    const stopDelivering = await jobs.work('deliver-slack', deliver, { concurrency: 4 });
    bot.start();
    return {
      ...bot,
      async stop(): Promise<void> {
        await bot.stop();
        await stopDelivering();
      },
    };
  }

  return {
    manager,
    documents,
    jobs,
    blobs,
    logger,
    startBot,
    async stop(): Promise<void> {
      for (const stop of working) await stop();
    },
  };
}

export type SlackEasel = Awaited<ReturnType<typeof createSlackEasel>>;
