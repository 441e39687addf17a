import type { Clock } from '../../../core/ports.ts';

/** A clock that moves only when told. */
export function createManualClock(start = 1_700_000_000_000) {
  let now = start;
  const clock = { now: () => now } satisfies Clock;
  return {
    ...clock,
    advance(ms: number): void {
      now += ms;
    },
  };
}
