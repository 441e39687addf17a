import { availableParallelism, loadavg } from 'node:os';

/** What people should know about times taken while other processes keep the machine busy; undefined when it is idle. */
export function loadNote(load = loadavg()[0] ?? 0, cores = availableParallelism()): string | undefined {
  if (load < 0.25 * cores) return undefined;
  return `This machine is busy (load ${load.toFixed(1)} on ${cores} cores): times are too long, and ratios say little.`;
}
