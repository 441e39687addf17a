import type { HttpApiDeps } from '../bots/http-api/deps.ts';
import { API_METRICS } from '../bots/http-api/metric-help.ts';
import type { ChatBot } from '../bots/shared/chat-bot.ts';
import { type Mount, startEventsServer } from '../bots/shared/events-server.ts';
import { createMetrics } from '../bots/shared/metrics.ts';
import { buildClient } from '../bots/web/build-client.ts';
import { startWebServer, type WebServer } from '../bots/web/server/create-web-server.ts';
import type { WebDeps } from '../bots/web/server/deps.ts';
import { WEB_METRICS } from '../bots/web/server/metric-help.ts';
import { type Page, readPage } from '../bots/web/server/page.ts';
import { readSamples } from '../bots/web/server/samples.ts';
import { createWebPlatform } from '../bots/web/server/web-platform.ts';
import type { Config } from '../core/config.ts';
import { createConversationManager } from '../core/conversation-manager.ts';
import { AppError } from '../core/errors.ts';
import type { Clock, Logger, QueueName, Stop } from '../core/ports.ts';
import { createSpending } from '../core/spending.ts';
import { isInferenceError, openModelFolder, shrinkImage } from '../inference/index.ts';
import { closeInOrder } from '../queue/homes/close-in-order.ts';
import { createImageIntake } from '../queue/inference/image-intake.ts';
import { type Backend, openBackend } from '../queue/open-backend.ts';
import { announcePresence, isServed } from '../queue/presence.ts';
import { createWorkers } from '../queue/workers.ts';
import { type BotEndpoints, type BotName, createBots } from './create-bots.ts';
import { openEngineSet } from './engines/engine-set.ts';
import { openInterpreter } from './interpreter/open-interpreter.ts';
import { openHttpApi } from './open-http-api.ts';
import { openSafety } from './open-safety.ts';
import { STATUS_HOST, startStatusServer } from './status-server.ts';
import { texts } from './texts.ts';

/** What one process does. */
export interface Roles {
  /** Serve the web chat. */
  readonly web: boolean;
  /** Interpret and render. */
  readonly work: boolean;
  /** Chat bots; one without a token does not run. */
  readonly bots?: readonly BotName[];
}

export interface EaselDeps {
  readonly config: Config;
  readonly modelFolder: string;
  readonly logger: Logger;
  readonly endpoints?: BotEndpoints;
}

export interface Easel {
  readonly model: string;
  /** Queues that are served here. */
  readonly queues: readonly QueueName[];
  /** Present where the web chat is served. */
  readonly url?: string;
  /** Open the model; at once where this process does not render. @throws AppError MODEL_INVALID, INFERENCE_OUT_OF_MEMORY, INFERENCE_CHILD_DIED */
  ready(): Promise<void>;
  /** Rejects with what makes a bot of this process useless until somebody mends it. */
  readonly failed: Promise<never>;
  /** Intake first, then the workers, then what they stand on. */
  readonly stop: Stop;
}

const clock: Clock = { now: () => Date.now() };

/** Put one process together. @throws AppError HOME_LOCKED, QUEUE_UNAVAILABLE, CONFIG_INVALID, MODEL_INVALID */
export async function startEasel(
  { config, modelFolder, logger, endpoints = {} }: EaselDeps,
  roles: Roles,
): Promise<Easel> {
  /** In the order in which they will be called. */
  const stops: Stop[] = [];
  try {
    const engines = openEngineSet({ ...config, model: modelFolder });
    const [engine, ...others] = engines.engines;
    const { id, model } = engine.description;
    const needed = ['interpret', `render-${id}`] as const;
    const queues = [...needed, ...others.map(({ description }) => `render-${description.id}` as const)];
    const safety = openSafety(config);
    const ready = async () => {
      // Without the filter nothing is made either.
      if (roles.work) await Promise.all([engine.ready(), safety.ready()]);
    };
    if (roles.work) {
      stops.unshift(engines.dispose, safety.dispose);
      // Opens beside everything else; whoever needs it waits for the same opening and hears what went wrong.
      ready().catch(() => undefined);
    }
    const interpreter = roles.work ? await openInterpreter({ ...config, model: modelFolder }) : undefined;
    if (interpreter !== undefined) {
      stops.push(interpreter.dispose);
      // Requests that come before are read when it is open; one that cannot be opened leaves them to the rules.
      interpreter.ready().catch(() => undefined);
    }
    const [backend, page] = await openBoth(openBackend(config, { logger, clock }), roles.web);
    stops.push(backend.close);

    const manager = createConversationManager({ ...backend, clock, logger }, engines.settings);
    if (roles.work) {
      for (const queue of queues) {
        // The others are opened when somebody chooses them.
        const isFit = queue === needed[1] ? ready : undefined;
        stops.unshift(announcePresence({ ...backend, clock, logger }, queue, isFit));
      }
    }
    const working = {
      ...(interpreter === undefined ? {} : { interpreter: interpreter.reading({ ...backend, logger }) }),
      safety: safety.filter,
      engines: engines.engines,
      spending: createSpending({ ...backend, clock }, engines.budget, texts.language),
    };
    const intake = createImageIntake();
    const shared = { ...backend, manager, intake, texts, clock, logger };
    const bots = await createBots(roles.bots ?? [], { ...shared, shrinkImage }, config, endpoints);
    const metrics = createMetrics({ ...WEB_METRICS, ...API_METRICS });
    const forPrograms: Pick<HttpApiDeps, 'engines' | 'requireWorkers'> = {
      engines: [engine.description, ...others.map(({ description }) => description)],
      requireWorkers: (engineId) => requireWorkers(backend, ['interpret', `render-${engineId}`]),
    };
    const api = page === undefined ? undefined : await openHttpApi(config, { ...shared, ...forPrograms, metrics });
    if (api !== undefined) stops.push(api.close);
    const platforms = [
      ...(page === undefined ? [] : [createWebPlatform(backend)]),
      ...(api === undefined ? [] : [api.platform]),
      ...bots.map(({ platform }) => platform),
    ];
    const stopWorkers = await createWorkers(
      { ...backend, manager, texts, logger },
      { ...(roles.work ? working : {}), platforms },
    );
    stops.unshift(stopWorkers);

    const mounts = [...(api === undefined ? [] : [api.http]), ...bots.flatMap(({ http }) => http ?? [])];
    const server =
      page === undefined
        ? undefined
        : await listen(config, mounts, {
            ...shared,
            metrics,
            samples: await readSamples(samplesOf(modelFolder)),
            page,
            checkReady: ({ signal }) => untilAborted(Promise.all([ready(), requireWorkers(backend, needed)]), signal),
          });
    if (server !== undefined) stops.unshift(server.stop);
    else if (mounts.length > 0)
      stops.unshift((await orListenProblem(webAddress(config), startEventsServer(mounts, config.web))).stop);
    if (api !== undefined) stops.unshift(api.stop);
    for (const bot of bots) {
      stops.unshift(bot.stop);
      bot.start();
    }
    if (config.statusPort !== undefined) {
      const checkReady = () => Promise.all([ready(), ...bots.map(requireConnected)]);
      const at = { variable: 'EASEL_STATUS_PORT', host: STATUS_HOST, port: config.statusPort };
      stops.unshift(await orListenProblem(at, startStatusServer(config.statusPort, checkReady)));
    }
    const failed = Promise.race([new Promise<never>(() => undefined), ...bots.map((bot) => bot.failed)]);
    // Whoever watches hears it; nobody has to.
    failed.catch(() => undefined);
    return {
      model,
      queues: [...(roles.work ? queues : []), ...platforms.map(({ name }) => `deliver-${name}` as const)],
      ...(server === undefined ? {} : { url: server.url }),
      ready,
      failed,
      stop: closeInOrder(stops),
    };
  } catch (error) {
    await closeInOrder(stops)();
    throw error;
  }
}

/** A folder that no engine uses may be missing. */
function samplesOf(modelFolder: string): string {
  try {
    return openModelFolder(modelFolder).samples ?? '';
  } catch (error) {
    if (isInferenceError(error)) return '';
    throw error;
  }
}

/** @throws AppError PLATFORM_UNAVAILABLE */
async function requireConnected({ health }: ChatBot): Promise<void> {
  if (health() !== 'connected') throw new AppError('PLATFORM_UNAVAILABLE', {});
}

/** The page is built, where it has to be, while the backend opens. What was opened is closed when the other fails. */
async function openBoth(opening: Promise<Backend>, withPage: boolean): Promise<[Backend, Page | undefined]> {
  const [backend, page] = await Promise.allSettled([
    opening,
    withPage ? buildClient().then(({ folder }) => readPage(folder)) : undefined,
  ]);
  if (backend.status === 'rejected') throw backend.reason;
  if (page.status === 'fulfilled') return [backend.value, page.value];
  await backend.value.close();
  throw page.reason;
}

function listen(config: Config, mounts: readonly Mount[], deps: WebDeps): Promise<WebServer> {
  return orListenProblem(webAddress(config), startWebServer(deps, { ...config.web, mounts }));
}

/** An address, and the variable that says its port. */
interface ListenAddress {
  readonly variable: string;
  readonly host: string;
  readonly port: number;
}

function webAddress({ web }: Config): ListenAddress {
  return { variable: 'PORT', ...web };
}

async function orListenProblem<T>(at: ListenAddress, listening: Promise<T>): Promise<T> {
  try {
    return await listening;
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
    const problem = LISTEN_PROBLEMS[code];
    if (problem === undefined) throw cause;
    throw new AppError('CONFIG_INVALID', { problems: problem(at) }, { cause });
  }
}

const isNoAddress = ({ host }: ListenAddress) => `EASEL_HOST: ${host} is no address of this machine`;
const LISTEN_PROBLEMS: Readonly<Record<string, (at: ListenAddress) => string>> = {
  EADDRINUSE: ({ variable, host, port }) =>
    `${variable}: ${port} on ${host} is taken by another program; choose another one`,
  EACCES: ({ variable, port }) => `${variable}: ${port} needs more rights than this user has; choose one above 1023`,
  EADDRNOTAVAIL: isNoAddress,
  ENOTFOUND: isNoAddress,
};

/** @throws AppError ENGINE_UNAVAILABLE when a message sent now would wait for a worker that is not there. */
async function requireWorkers(backend: Backend, queues: readonly QueueName[]): Promise<void> {
  const served = await Promise.all(queues.map((queue) => isServed({ ...backend, clock }, queue)));
  if (!served.every(Boolean)) throw new AppError('ENGINE_UNAVAILABLE', {});
}

async function untilAborted(work: Promise<unknown>, signal: AbortSignal): Promise<void> {
  const aborted = new Promise<never>((_, reject) => {
    const fail = () => reject(new AppError('ENGINE_UNAVAILABLE', {}));
    if (signal.aborted) fail();
    else signal.addEventListener('abort', fail, { once: true });
  });
  await Promise.race([work, aborted]);
}
