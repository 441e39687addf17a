import { availableParallelism } from 'node:os';
import { describe, expect, it } from 'vitest';
import { countCores, physicalCores } from '../../../../inference/runtime/physical-cores.ts';

const unlimited = 'max 100000\n';

describe('countCores', () => {
  it('counts one per core where two threads share it', () => {
    const siblings = ['0,2', '1,3', '0,2', '1,3'];
    expect(countCores({ parallelism: 4, siblings, quota: unlimited })).toBe(2);
  });

  it('counts every processor where none shares a core', () => {
    expect(countCores({ parallelism: 2, siblings: ['0', '1'], quota: unlimited })).toBe(2);
  });

  it('counts the share of a process that may run on some processors only', () => {
    const siblings = Array.from({ length: 64 }, (_, cpu) => `${cpu % 32},${(cpu % 32) + 32}`);
    expect(countCores({ parallelism: 8, siblings, quota: '' })).toBe(4);
  });

  it("keeps to a container's quota, rounded up", () => {
    expect(countCores({ parallelism: 16, siblings: [], quota: '250000 100000\n' })).toBe(3);
    expect(countCores({ parallelism: 16, siblings: [], quota: '50000 100000' })).toBe(1);
  });

  it('takes the number of processors where nothing else is known', () => {
    expect(countCores({ parallelism: 6, siblings: [], quota: '' })).toBe(6);
  });
});

describe('physicalCores', () => {
  it('is a number between one and what the process may use', () => {
    expect(physicalCores()).toBeGreaterThanOrEqual(1);
    expect(physicalCores()).toBeLessThanOrEqual(availableParallelism());
  });
});
