import type { ConversationManager } from '../core/conversation-manager.ts';
import { createDeliverHandler } from '../core/delivery.ts';
import { asAppError } from '../core/errors.ts';
import { createInterpretHandler, createRenderHandler } from '../core/job-handlers.ts';
import type { Blobs, ChatPlatform, ImageEngine, Interpreter, Jobs, Logger, SafetyFilter, Stop } from '../core/ports.ts';
import type { Spending } from '../core/spending.ts';
import type { Texts } from '../core/texts/catalogue.ts';

export interface WorkersDeps {
  readonly manager: ConversationManager;
  readonly jobs: Jobs;
  readonly blobs: Blobs;
  readonly texts: Texts;
  readonly logger: Logger;
}

/** What this process serves; a role that it does not have is absent. */
export interface WorkerRoles {
  readonly interpreter?: Interpreter;
  readonly engines?: readonly ImageEngine[];
  readonly safety?: SafetyFilter;
  readonly spending?: Spending;
  readonly platforms?: readonly ChatPlatform[];
}

export interface WorkersOptions {
  /** Default: a minute. */
  readonly sweepEveryMs?: number;
  /** Texts that are read at the same time, default 4; how many renders, says their engine. */
  readonly interpretations?: number;
  /** Posts at the same time on each platform, default 16: they wait for the platform most of the time. */
  readonly deliveries?: number;
}

const SWEEP_EVERY_MS = 60_000;

/**
 * Serve the queues of this process's roles, and sweep at once and every minute: what an unfinished turn needs and the
 * queue has lost is added again.
 * @returns a stop: no new job, a soft cancel of those that run, which the next worker does again.
 */
export async function createWorkers(
  { manager, jobs, blobs, texts, logger }: WorkersDeps,
  { interpreter, engines = [], safety, spending, platforms = [] }: WorkerRoles,
  { sweepEveryMs = SWEEP_EVERY_MS, interpretations = 4, deliveries = 16 }: WorkersOptions = {},
): Promise<Stop> {
  const stops: Stop[] = [];
  const stopSweep = sweepEvery(manager, sweepEveryMs, logger);
  const stop = async () => {
    await stopSweep();
    await Promise.all(stops.map((each) => each()));
  };
  try {
    for (const platform of platforms) {
      const handler = createDeliverHandler({
        manager,
        platform,
        texts,
        logger,
      });
      stops.push(
        await jobs.work(`deliver-${platform.name}`, handler, {
          concurrency: deliveries,
        }),
      );
    }
    for (const engine of engines) {
      const handler = createRenderHandler({
        manager,
        engine,
        blobs,
        logger,
        ...(safety === undefined ? {} : { safety }),
        ...(spending === undefined ? {} : { spending }),
      });
      const { id, atOnce } = engine.description;
      stops.push(await jobs.work(`render-${id}`, handler, { concurrency: atOnce }));
    }
    if (interpreter !== undefined) {
      const handler = createInterpretHandler({ manager, interpreter, logger });
      stops.push(await jobs.work('interpret', handler, { concurrency: interpretations }));
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return stop;
}

/** One sweep after the other, however long one takes. */
function sweepEvery(manager: ConversationManager, everyMs: number, logger: Logger): Stop {
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;

  async function sweep(): Promise<void> {
    try {
      const known = await manager.sweep();
      if (known > 0) logger.debug({ event: 'sweep', jobs: known }, 'unfinished turns have their jobs');
    } catch (error) {
      logger.error({ event: 'sweep-failed', code: asAppError(error).code }, 'the sweep failed; it will be tried again');
    }
    if (!isStopped) timer = setTimeout(start, everyMs);
  }

  let sweeping = Promise.resolve();
  function start(): void {
    sweeping = sweep();
  }
  start();
  return async () => {
    isStopped = true;
    clearTimeout(timer);
    await sweeping;
  };
}
