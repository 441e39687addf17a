import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { defaultSize, fitInput } from '../../inference/image/size-rule.ts';
import { createLocalEngine, encodePng, openModelFolder } from '../../inference/index.ts';
import { emptyOutFolder, modelFolderOf, pythonOf } from '../folders.ts';
import { loadNote } from '../load-note.ts';
import { median } from '../median.ts';
import { formatTable, print, printProgress, printSummary } from '../print.ts';
import { loadPictures, readCases, selectCases } from '../quality/cases.ts';
import { runPython } from '../run-python.ts';
import { sayFailures } from '../say-failures.ts';

const optionsSchema = z.object({
  repeats: z.coerce.number().int().positive().default(5),
  steps: z.coerce.number().int().positive().optional(),
  threads: z.coerce.number().int().positive().default(availableParallelism()),
});
const peerSchema = z.object({ milliseconds: z.array(z.number().positive()) });

const { values } = parseArgs({
  options: { repeats: { type: 'string' }, steps: { type: 'string' }, threads: { type: 'string' } },
});
const { repeats, steps: wantedSteps, threads } = optionsSchema.parse(values);
sayFailures();
const model = openModelFolder(modelFolderOf(process.env));
const steps = wantedSteps ?? model.steps;
const folder = emptyOutFolder('edit');
const edits = await prepareEdits();

const busy = loadNote();
const easelTimes = await timeEasel();
const peerTimes = await timePeer();
const easelMs = Math.round(median(easelTimes));
const peerMs = peerTimes === null ? null : Math.round(median(peerTimes));
print(`An edit with two images: ${model.name}, ${steps} steps, ${threads} threads, median of ${repeats} warm edits`);
if (busy !== undefined) print(busy);
print();
print(
  formatTable(
    ['', 'median ms', 'each'],
    [
      ['easel', String(easelMs), describe(easelTimes)],
      ['diffusers, float32', peerMs === null ? 'no Python with PyTorch' : String(peerMs), describe(peerTimes ?? [])],
    ],
  ),
);
const ratio = peerMs === null ? null : Math.round((1000 * easelMs) / peerMs) / 1000;
writeFileSync(join(folder, 'times.json'), `${JSON.stringify({ steps, threads, easelTimes, peerTimes }, null, 1)}\n`);
print();
printSummary({ easelMs, peerMs, ratio });

/** One edit more than are timed, each with other pictures: what the engine remembers of one is no help for the next.
 * The pictures already have the model's size, so that both sides do the same. */
async function prepareEdits() {
  const cases = fileURLToPath(new URL('../quality/cases', import.meta.url));
  const set = readCases(cases);
  const chosen = selectCases(set.cases, { group: 'edits', limit: repeats + 1 });
  mkdirSync(join(folder, 'inputs'));
  return Promise.all(
    chosen.map(async (one) => {
      const { inputs } = await loadPictures(cases, set.size, one);
      const images = await Promise.all(
        inputs.map(async (picture, index) => {
          const file = join(folder, 'inputs', `${one.id}-${index + 1}.png`);
          const bytes = await encodePng((await fitInput(picture, model.size)).picture);
          writeFileSync(file, bytes);
          return { file, bytes };
        }),
      );
      return { prompt: one.instruction, images };
    }),
  );
}

/** Milliseconds of each edit but the first, as the caller of the engine waits for it. */
async function timeEasel(): Promise<readonly number[]> {
  const engine = createLocalEngine({ modelFolder: model.folder, threads });
  const times: number[] = [];
  try {
    for (const { prompt, images } of edits) {
      const start = performance.now();
      await engine.render({ mode: 'edit', prompt, images: images.map(({ bytes }) => bytes), seed: 0, steps });
      times.push(performance.now() - start);
      printProgress(`easel ${Math.round(times.at(-1) ?? 0)} ms`);
    }
  } finally {
    await engine.dispose();
  }
  return times.slice(1);
}

/** The same edits; null without a Python. */
async function timePeer(): Promise<readonly number[] | null> {
  const python = pythonOf(process.env);
  if (python === undefined) return null;
  const { width, height } = defaultSize(model.size);
  const answer = await runPython(python, fileURLToPath(new URL('peer.py', import.meta.url)), {
    model: model.folder,
    threads,
    steps,
    guidance: model.guidance,
    maxTextTokens: model.maxTextTokens,
    size: [width, height],
    edits: edits.map(({ prompt, images }) => ({ prompt, images: images.map(({ file }) => file) })),
  });
  return peerSchema.parse(answer).milliseconds.slice(1);
}

function describe(times: readonly number[]): string {
  return times.map((time) => Math.round(time)).join(' ');
}
