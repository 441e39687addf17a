import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';

export interface CoreFacts {
  /** Logical processors that this process may run on. */
  readonly parallelism: number;
  /** For each logical processor of the machine, its core as the list of processors that share it: `0,32`. */
  readonly siblings: readonly string[];
  /** `cpu.max` of the control group: `quota period` or `max period`, in microseconds. */
  readonly quota: string;
}

/**
 * Cores that this process may use. Matrix products of two hardware threads share one core's arithmetic, so more threads than
 * cores only wait for each other; so do more threads than a container's quota allows.
 */
export function physicalCores(): number {
  return countCores({
    parallelism: availableParallelism(),
    siblings: readSiblings('/sys/devices/system/cpu'),
    quota: readOr('', '/sys/fs/cgroup/cpu.max'),
  });
}

/** @returns at least 1. What is not known does not limit. */
export function countCores({ parallelism, siblings, quota }: CoreFacts): number {
  const cores = new Set(siblings).size;
  const threadsPerCore = cores === 0 ? 1 : siblings.length / cores;
  const [most, period] = quota.trim().split(' ').map(Number);
  const allowed = most && period ? Math.ceil(most / period) : Number.POSITIVE_INFINITY;
  return Math.max(1, Math.min(Math.ceil(parallelism / threadsPerCore), allowed));
}

/** Empty where the system does not say (macOS has no such files, and its newer machines no shared cores). */
function readSiblings(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((name) => /^cpu\d+$/.test(name))
      .map((name) => readOr('', join(folder, name, 'topology/thread_siblings_list')).trim())
      .filter((list) => list !== '');
  } catch {
    // Not Linux, or hidden: nothing is known.
    return [];
  }
}

function readOr(fallback: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // The file exists on some systems only.
    return fallback;
  }
}
