import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { linearProducts, writeRandomTransformer } from '../../../bench/engine/random-transformer.ts';
import { measureGemm, timeSteps } from '../../../bench/engine/time-steps.ts';
import { openJudge } from '../../../bench/quality/open-judge.ts';
import { type MeasuredQueue, measureQueue } from '../../../bench/queue/measured-queue.ts';
import { createGraphBuilder } from '../../../inference/onnx/graph-builder.ts';
import { card, paint } from '../../support/builders/quality-case.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'easel-bench-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('the engine benchmark', () => {
  const size = { name: 'tiny', heads: 2, headSize: 16, doubleBlocks: 1, singleBlocks: 1 };

  it('writes a random transformer that the engine runs, and times its steps', async () => {
    const modelFolder = writeRandomTransformer(folder, size);
    const request = { modelFolder, references: 2, side: 2, textTokens: 3, steps: 2, threads: 1 };
    expect(await timeSteps(request)).toBeGreaterThan(0);
    expect(await measureGemm(request, size)).toBeGreaterThan(0);
  });

  it('counts the products of the linear layers', () => {
    const plain = { ...size, doubleBlocks: 0, singleBlocks: 0 };
    const width = 32;
    const ends = 10 * 64 * width + 3 * 256 * width + 10 * width * 64;
    const conditioning = 2 * (256 * width + width * width) + width * 2 * width;
    expect(linearProducts(plain, { image: 10, text: 3 })).toBe(ends + conditioning);
    const single = linearProducts({ ...plain, singleBlocks: 1 }, { image: 10, text: 3 }) - ends - conditioning;
    expect(single).toBe(width * 3 * width + 13 * (3 + 4 + 5) * width * width);
  });
});

describe('the judge network', () => {
  /** Its logits are the first red values of the picture. */
  function writeJudge(logits: number): void {
    const graph = createGraphBuilder(folder);
    const pixels = graph.input('pixels', 'float32', [1, 3, 64, 64]);
    const flat = graph.node('Reshape', [pixels, graph.integers([1, -1])]);
    const bounds = [[0], [logits], [1]].map((values) => graph.integers(values));
    graph.output(graph.node('Slice', [flat, ...bounds]), 'logits', 'float32', [1, logits]);
    writeFileSync(join(folder, 'judge.onnx'), graph.finish().bytes);
    writeFileSync(join(folder, 'judge.json'), JSON.stringify(card));
  }

  it('is read from its file', async () => {
    writeJudge(10);
    const judge = await openJudge(folder, 1);
    const red = [0, 0, 255, 255, 0, 0, 255, 0, 255, 0];
    const reading = await judge.read(paint(64, (x, y) => [y === 0 ? (red[x] ?? 0) : 0, 7, 7]));
    expect(reading).toEqual({
      labels: { 'left.noun': 'none', 'left.color': 'red', 'background.color': 'blue', style: 'sketch' },
      damage: -1,
    });
    await judge.dispose();
  });

  it('is refused when it has other logits than its card says, or no card', async () => {
    writeJudge(9);
    const judge = await openJudge(folder, 1);
    await expect(judge.read(paint(64, () => [0, 0, 0]))).rejects.toMatchObject({ code: 'SHAPE_MISMATCH' });
    await judge.dispose();
    rmSync(join(folder, 'judge.onnx'));
    await expect(openJudge(folder, 1)).rejects.toMatchObject({ code: 'MODEL_MISSING' });
    rmSync(join(folder, 'judge.json'));
    await expect(openJudge(folder, 1)).rejects.toThrow(/judge\.json is missing/);
  });
});

describe('the queue benchmark', () => {
  it('times pickups one by one, then works off all jobs that lie ready', async () => {
    const waiting: number[] = [];
    const done: number[] = [];
    const concurrencies: number[] = [];
    let begin: (() => void) | undefined;
    const queue: MeasuredQueue = {
      async add(job) {
        waiting.push(job);
        begin?.();
      },
      async work(started, concurrency) {
        concurrencies.push(concurrency);
        begin = () => {
          for (const job of waiting.splice(0)) {
            done.push(job);
            started(job);
          }
        };
        begin();
        return async () => {
          begin = undefined;
        };
      },
      close: async () => undefined,
    };
    const times = await measureQueue(queue, { pickups: 2, jobs: 3 });
    expect(done).toEqual([0, 1, 2, 3, 4]);
    expect(concurrencies).toEqual([1, 8]);
    expect(times.pickupMs).toBeGreaterThanOrEqual(0);
    expect(times.jobsPerSecond).toBeGreaterThan(0);
  });
});
