import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMetrics } from '../../../bots/shared/metrics.ts';
import { buildClient } from '../../../bots/web/build-client.ts';
import { startWebServer, type WebServerOptions } from '../../../bots/web/server/create-web-server.ts';
import type { WebDeps } from '../../../bots/web/server/deps.ts';
import { WEB_METRICS } from '../../../bots/web/server/metric-help.ts';
import { readPage } from '../../../bots/web/server/page.ts';
import { readSamples } from '../../../bots/web/server/samples.ts';
import { createWebPlatform } from '../../../bots/web/server/web-platform.ts';
import { createConversationManager } from '../../../core/conversation-manager.ts';
import { createDeliverHandler } from '../../../core/delivery.ts';
import { createRuleInterpreter } from '../../../core/intent-rules.ts';
import { createInterpretHandler, createRenderHandler } from '../../../core/job-handlers.ts';
import type { Ephemeral, ImageEngine } from '../../../core/ports.ts';
import { createTexts } from '../../../core/texts/catalogue.ts';
import { en } from '../../../core/texts/en.ts';
import { createImageIntake } from '../../../queue/inference/image-intake.ts';
import { engineSettings, type PricedEngine } from '../chat/priced-engines.ts';
import { createMemoryBlobs } from '../fakes/blobs.ts';
import { createMemoryDocuments } from '../fakes/documents.ts';
import { createMemoryEphemeral } from '../fakes/ephemeral.ts';
import { createMemoryJobs } from '../fakes/jobs.ts';
import { createMemoryLogger } from '../fakes/logger.ts';
import { createPaintingEngine } from './painting-engine.ts';
import { drawPicture, type PictureWish } from './pictures.ts';

export interface WebEaselOptions {
  readonly engine?: ImageEngine;
  /** Engines that may be chosen beside it. */
  readonly others?: readonly PricedEngine[];
  readonly server?: Partial<WebServerOptions>;
  readonly checkReady?: WebDeps['checkReady'];
}

const SAMPLES: Readonly<Record<string, PictureWish>> = {
  'plain-bag': { shape: 'bag', color: '#c8553d', background: '#f3e9dc' },
  'striped-dress': { shape: 'dress', color: '#3d6fb4', background: '#e9eef4', pattern: 'stripes' },
  'dotted-cup': { shape: 'cup', color: '#5a8f4c', background: '#eef3e6', pattern: 'dots' },
  'checked-kite': { shape: 'kite', color: '#b4873d', background: '#f6f0e0', pattern: 'checks' },
  'plain-chair': { shape: 'chair', color: '#6b4a8f', background: '#efe9f4' },
  'plain-boat': { shape: 'boat', color: '#2e7f86', background: '#e3f0f1' },
};
const EXAMPLES = [
  {
    text: 'Give the bag in image 1 the pattern of the dress in image 2.',
    samples: ['plain-bag.png', 'striped-dress.png'],
  },
  {
    text: 'Make a new picture of the cup from image 1 in the style of image 2.',
    samples: ['dotted-cup.png', 'plain-boat.png'],
  },
];

/** A whole Easel in this process: memory in place of storage and queue, a painting engine, and the real web server and page. */
export async function startWebEasel(options: WebEaselOptions = {}) {
  const clock = { now: () => Date.now() };
  const logger = createMemoryLogger();
  const texts = createTexts(en, 'en');
  const documents = createMemoryDocuments();
  const blobs = createMemoryBlobs();
  const jobs = createMemoryJobs();
  const ephemeral: Ephemeral = createMemoryEphemeral(clock);
  const engine = options.engine ?? createPaintingEngine();
  const { others = [] } = options;
  const manager = createConversationManager(
    { documents, jobs, ephemeral, clock, logger },
    engineSettings(engine, others),
  );
  const platform = createWebPlatform({ ephemeral });
  const stops = [
    await jobs.work(
      'interpret',
      createInterpretHandler({ manager, interpreter: createRuleInterpreter({ texts }), logger }),
    ),
    await jobs.work('deliver-web', createDeliverHandler({ manager, platform, texts, logger })),
  ];
  for (const each of [engine, ...others.map((other) => other.engine)]) {
    const render = createRenderHandler({ manager, engine: each, blobs, logger });
    stops.push(await jobs.work(`render-${each.description.id}`, render));
  }
  const samplesFolder = await writeSamples();
  const metrics = createMetrics(WEB_METRICS);
  const deps: WebDeps = {
    manager,
    jobs,
    blobs,
    ephemeral,
    intake: createImageIntake(),
    texts,
    clock,
    logger,
    metrics,
    samples: await readSamples(samplesFolder),
    page: await readPage((await buildClient()).folder),
    checkReady: options.checkReady ?? (() => Promise.resolve()),
  };
  const start = (port: number) => startWebServer(deps, { host: '127.0.0.1', ...options.server, port });
  const server = await start(options.server?.port ?? 0);
  return {
    url: server.url,
    deps,
    documents,
    jobs,
    logger,
    /** Another server process on the same stores. */
    startSecond: () => start(0),
    /** End the server and begin it anew at the same address. */
    async restart(): Promise<void> {
      await server.stop();
      const again = await start(server.port);
      stops.push(again.stop);
    },
    async stop(): Promise<void> {
      await server.stop();
      for (const stop of stops) await stop();
      await rm(samplesFolder, { recursive: true, force: true });
    },
  };
}

export type WebEasel = Awaited<ReturnType<typeof startWebEasel>>;

async function writeSamples(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'easel-samples-'));
  for (const [name, wish] of Object.entries(SAMPLES))
    await writeFile(join(folder, `${name}.png`), await drawPicture(wish));
  await writeFile(join(folder, 'samples.json'), JSON.stringify({ examples: EXAMPLES }));
  return folder;
}
