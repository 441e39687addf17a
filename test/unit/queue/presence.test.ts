import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AppError } from '../../../core/errors.ts';
import type { Stop } from '../../../core/ports.ts';
import { announcePresence, isServed } from '../../../queue/presence.ts';
import { createManualClock } from '../../support/fakes/clock.ts';
import { createMemoryEphemeral } from '../../support/fakes/ephemeral.ts';
import { createMemoryLogger } from '../../support/fakes/logger.ts';

const clock = createManualClock();
const logger = createMemoryLogger();
let deps: { clock: typeof clock; logger: typeof logger; ephemeral: ReturnType<typeof createMemoryEphemeral> };
let stop: Stop;
beforeEach(() => {
  vi.useFakeTimers();
  deps = { clock, logger, ephemeral: createMemoryEphemeral(clock) };
});
afterEach(async () => {
  await stop();
  vi.useRealTimers();
});

/** Let what was announced arrive, and as much time go by. */
async function pass(ms: number): Promise<void> {
  clock.advance(ms);
  await vi.advanceTimersByTimeAsync(ms);
}

describe('presence of workers', () => {
  it('tells of a queue that is served, and of no other', async () => {
    stop = announcePresence(deps, 'interpret');
    await pass(0);
    expect(await isServed(deps, 'interpret')).toBe(true);
    expect(await isServed(deps, 'render-other')).toBe(false);
  });

  it('lasts for as long as the worker lives', async () => {
    stop = announcePresence(deps, 'interpret');
    for (let seconds = 0; seconds < 120; seconds += 5) await pass(5000);
    expect(await isServed(deps, 'interpret')).toBe(true);
  });

  it('is over within half a minute after the worker ended', async () => {
    stop = announcePresence(deps, 'interpret');
    await pass(0);
    await stop();
    await pass(30_000);
    expect(await isServed(deps, 'interpret')).toBe(false);
  });

  it('does not tell of a worker that cannot work, and does when it can', async () => {
    let isBroken = true;
    stop = announcePresence(deps, 'render-m', () =>
      isBroken ? Promise.reject(new AppError('INFERENCE_CHILD_DIED', {})) : Promise.resolve(),
    );
    await pass(5000);
    expect(await isServed(deps, 'render-m')).toBe(false);
    expect(logger.lines.at(-1)).toMatchObject({ level: 'warn', fields: { code: 'INFERENCE_CHILD_DIED' } });
    isBroken = false;
    await pass(5000);
    expect(await isServed(deps, 'render-m')).toBe(true);
  });

  it('stops although the worker is still getting ready', async () => {
    stop = announcePresence(deps, 'render-m', () => new Promise(() => undefined));
    await stop();
    expect(await isServed(deps, 'render-m')).toBe(false);
  });
});
