import OpenAI from 'openai';
import { createHttpApi } from '../../../bots/http-api/create-http-api.ts';
import type { HttpApiDeps } from '../../../bots/http-api/deps.ts';
import { API_METRICS } from '../../../bots/http-api/metric-help.ts';
import { startEventsServer } from '../../../bots/shared/events-server.ts';
import { createMetrics } from '../../../bots/shared/metrics.ts';
import { type ApiKey, DEFAULT_QUOTA, newApiKey } from '../../../core/api-keys.ts';
import { createConversationManager } from '../../../core/conversation-manager.ts';
import { createDeliverHandler } from '../../../core/delivery.ts';
import type { Turn } from '../../../core/domain.ts';
import { turnIdSchema } from '../../../core/ids.ts';
import { createRuleInterpreter } from '../../../core/intent-rules.ts';
import { createInterpretHandler, createRenderHandler } from '../../../core/job-handlers.ts';
import type { ImageEngine } from '../../../core/ports.ts';
import { findTurn } from '../../../core/turns.ts';
import { createImageIntake } from '../../../queue/inference/image-intake.ts';
import { englishTexts as texts } from '../easel-in-memory.ts';
import { createMemoryApiKeys } from '../fakes/api-keys.ts';
import { createMemoryBlobs } from '../fakes/blobs.ts';
import { createManualClock } from '../fakes/clock.ts';
import { createMemoryDocuments } from '../fakes/documents.ts';
import { createMemoryEphemeral } from '../fakes/ephemeral.ts';
import { createMemoryJobs } from '../fakes/jobs.ts';
import { createMemoryLogger } from '../fakes/logger.ts';
import { createGate } from '../web/gate.ts';
import { createPaintingEngine } from '../web/painting-engine.ts';

export interface ApiEaselOptions extends Partial<Pick<HttpApiDeps, 'requireWorkers'>> {
  /** Engines beside `painting`. */
  readonly others?: readonly ImageEngine[];
  /** Ids of engines that are tried when another one fails. */
  readonly fallback?: readonly string[];
}

/** A whole Easel in this process for programs: memory in place of storage and queue, a painting engine, the real HTTP API. */
export async function startApiEasel({ others = [], fallback = [], ...options }: ApiEaselOptions = {}) {
  const clock = createManualClock(Date.UTC(2026, 0, 1, 12));
  const logger = createMemoryLogger();
  const documents = createMemoryDocuments();
  const blobs = createMemoryBlobs();
  const jobs = createMemoryJobs();
  const ephemeral = createMemoryEphemeral(clock);
  const keys = createMemoryApiKeys();
  let gate = createGate();
  gate.open();
  const calls = { begun: 0, cancelled: 0 };
  const engine = countCalls(createPaintingEngine({ steps: 3, beforeStep: () => gate.pass() }), calls);
  const { id, maxImages } = engine.description;
  const ports = { documents, jobs, ephemeral, blobs, clock, logger };
  const routes = others.map(({ description }) => ({ id: description.id, maxImages: description.maxImages }));
  const manager = createConversationManager(ports, {
    engine: { id, maxImages },
    engines: { others: routes, fallback },
  });
  const metrics = createMetrics(API_METRICS);
  const deps: HttpApiDeps = {
    ...ports,
    manager,
    intake: createImageIntake(),
    keys,
    engines: [engine.description, ...others.map(({ description }) => description)],
    requireWorkers: () => Promise.resolve(),
    texts,
    metrics,
    ...options,
  };

  async function startServer(port: number) {
    const api = createHttpApi(deps);
    const server = await startEventsServer([api.http], { host: '127.0.0.1', port });
    return {
      api,
      url: server.url,
      async stop() {
        await api.stop();
        await server.stop();
      },
    };
  }

  const serveEngine = (each: ImageEngine) =>
    jobs.work(`render-${each.description.id}`, createRenderHandler({ manager, engine: each, blobs, logger }));

  let running = await startServer(0);
  const { platform } = running.api;
  const stops = [
    await jobs.work(
      'interpret',
      createInterpretHandler({ manager, interpreter: createRuleInterpreter({ texts }), logger }),
    ),
    ...(await Promise.all([engine, ...others].map(serveEngine))),
    await jobs.work(`deliver-${platform.name}`, createDeliverHandler({ manager, platform, texts, logger })),
  ];
  const { url } = running;

  return {
    url,
    clock,
    documents,
    jobs,
    keys,
    logger,
    metrics,
    engineCalls: () => ({ ...calls }),
    /** A key in force. @returns its token. */
    async newKey(quota: Partial<Pick<ApiKey, 'picturesPerDay' | 'atOnce'>> = {}): Promise<string> {
      const { key, token } = newApiKey({ name: 'test', ...DEFAULT_QUOTA, ...quota }, clock.now());
      await keys.put(key);
      return token;
    },
    /** The turn that an answer is about, as it is stored. */
    async turnOf({ headers }: Response): Promise<Turn> {
      const id = turnIdSchema.parse(headers.get('x-easel-job'));
      const turn = findTurn(await manager.get(await manager.conversationOf(id)), id);
      if (turn === undefined) throw new Error('no such turn');
      return turn;
    },
    /** The official client; it sends nothing again by itself unless a test says so. */
    client: (apiKey: string, maxRetries = 0) => new OpenAI({ apiKey, baseURL: `${url}/v1`, maxRetries }),
    /** Pictures are begun, but not made until `release`. */
    hold(): void {
      gate = createGate();
    },
    release: () => gate.open(),
    letOneStep: () => gate.letOne(),
    /** Resolves when a picture waits to be released. */
    held: () => gate.reached(),
    /** The process that serves the API ends, and another one begins at the same address. */
    async restart(): Promise<void> {
      await running.stop();
      running = await startServer(Number(new URL(url).port));
    },
    stopServer: () => running.stop(),
    async stop(): Promise<void> {
      gate.open();
      await running.stop();
      for (const stop of stops) await stop();
    },
  };
}

export type ApiEasel = Awaited<ReturnType<typeof startApiEasel>>;

function countCalls(engine: ImageEngine, calls: { begun: number; cancelled: number }): ImageEngine {
  return {
    ...engine,
    render(request, options) {
      calls.begun += 1;
      options.signal.addEventListener('abort', () => {
        calls.cancelled += 1;
      });
      return engine.render(request, options);
    },
  };
}
