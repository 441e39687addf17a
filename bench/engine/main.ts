import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { emptyOutFolder, pythonOf } from '../folders.ts';
import { loadNote } from '../load-note.ts';
import { formatTable, print, printProgress, printSummary } from '../print.ts';
import { runPython } from '../run-python.ts';
import { linearProducts, type TransformerSize, writeRandomTransformer } from './random-transformer.ts';
import { measureGemm, type StepRequest, timeSteps } from './time-steps.ts';

/** Random models: below, at and above the size of the sticker model. */
const SIZES: readonly TransformerSize[] = [
  { name: 'narrow', heads: 4, headSize: 32, doubleBlocks: 2, singleBlocks: 4 },
  { name: 'sticker', heads: 4, headSize: 64, doubleBlocks: 2, singleBlocks: 6 },
  { name: 'wide', heads: 8, headSize: 64, doubleBlocks: 2, singleBlocks: 6 },
];
const REFERENCES = [0, 2];
const TEXT_TOKENS = 64;
/** Pixels of one token's side in the sticker model. */
const TOKEN_PIXELS = 16;
const PICTURE_SIDE = 256;

const optionsSchema = z.object({
  steps: z.coerce.number().int().positive().default(8),
  threads: z.coerce.number().int().positive().default(availableParallelism()),
  compile: z.boolean().default(false),
});
const peerSchema = z.object({
  rows: z.array(z.object({ eagerMs: z.number().positive(), compiledMs: z.number().positive().nullable() })),
});

const { values } = parseArgs({
  options: {
    steps: { type: 'string' },
    threads: { type: 'string' },
    /** Also time torch.compile, which needs a C++ compiler and minutes. */
    compile: { type: 'boolean' },
  },
});
const { steps, threads, compile } = optionsSchema.parse(values);
const folder = emptyOutFolder('engine');
const side = PICTURE_SIDE / TOKEN_PIXELS;

const requests = SIZES.flatMap((size) => {
  const modelFolder = writeRandomTransformer(join(folder, 'models'), size);
  return REFERENCES.map((references) => ({
    size,
    request: { modelFolder, references, side, textTokens: TEXT_TOKENS, steps, threads } satisfies StepRequest,
  }));
});
const busy = loadNote();
const peer = await timePeer();
const rows = [];
for (const [index, { size, request }] of requests.entries()) {
  const easelMs = await timeSteps(request);
  const products = linearProducts(size, { image: (request.references + 1) * side * side, text: TEXT_TOKENS });
  const gemmShare = products / (await measureGemm(request, size)) / easelMs;
  printProgress(`${size.name}, ${request.references} references: ${easelMs.toFixed(1)} ms`);
  rows.push({
    model: size.name,
    references: request.references,
    size: PICTURE_SIDE,
    dtype: 'f32',
    easelMs: round(easelMs),
    eagerMs: roundOrNull(peer?.[index]?.eagerMs),
    compiledMs: roundOrNull(peer?.[index]?.compiledMs),
    gemmShare: round(gemmShare),
  });
}
const ratios = rows.flatMap(({ easelMs, eagerMs }) => (eagerMs === null ? [] : [easelMs / eagerMs]));
const worstRatio = ratios.length === 0 ? null : round(Math.max(...ratios));

print(
  `One denoising step, ${threads} threads, median of ${steps}; gemmShare: the bare matrix multiplications' part of it`,
);
if (busy !== undefined) print(busy);
print();
const columns = ['model', 'references', 'size', 'dtype', 'easelMs', 'eagerMs', 'compiledMs', 'gemmShare'] as const;
print(
  formatTable(
    columns,
    rows.map((row) => columns.map((column) => String(row[column] ?? '-'))),
  ),
);
print();
writeFileSync(join(folder, 'rows.json'), `${JSON.stringify({ threads, steps, rows, worstRatio }, null, 1)}\n`);
printSummary({ rows, worstRatio });

async function timePeer() {
  const python = pythonOf(process.env);
  if (python === undefined) return null;
  const answer = await runPython(python, fileURLToPath(new URL('peer.py', import.meta.url)), {
    threads,
    steps,
    compile,
    rows: requests.map(({ request: { modelFolder, references, textTokens } }) => ({
      folder: join(modelFolder, 'transformer'),
      references,
      side,
      textTokens,
    })),
  });
  return peerSchema.parse(answer).rows;
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}

function roundOrNull(value: number | null | undefined): number | null {
  return value == null ? null : round(value);
}
