import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { openInterpreter } from '../../cli/interpreter/open-interpreter.ts';
import { loadConfig } from '../../core/config.ts';
import { asAppError } from '../../core/errors.ts';
import { createLogger } from '../../core/logger.ts';
import type { Interpreter } from '../../core/ports.ts';
import { emptyOutFolder } from '../folders.ts';
import { print, printProgress, printSummary } from '../print.ts';
import { sayFailures } from '../say-failures.ts';
import { attributeOf } from './attribute.ts';
import { type Case, HALVES, openPictures, readCases, requestOf } from './cases.ts';
import { type Judged, judge, type Outcome, summarize } from './score.ts';
import { scoreTable, timeLine } from './tables.ts';

/** What the built-in model takes, base included. */
const MAX_IMAGES = 5;

const optionsSchema = z.object({
  vlm: z.string().optional(),
  limit: z.coerce.number().int().positive().optional(),
  half: z.enum(HALVES).optional(),
});
const { values } = parseArgs({
  options: {
    /** As EASEL_VLM: rules, local or provider:model; EASEL_VLM itself when absent. */
    vlm: { type: 'string' },
    /** At most so many of each half, spread over all phenomena and languages. */
    limit: { type: 'string' },
    half: { type: 'string' },
  },
});
const options = optionsSchema.parse(values);
sayFailures();

const folder = fileURLToPath(new URL('cases', import.meta.url));
const halves = HALVES.filter((half) => options.half === undefined || options.half === half);
const cases = halves.flatMap((half) => spread(readCases(folder, half), options.limit));
const config = loadConfig({ ...process.env, ...(options.vlm === undefined ? {} : { EASEL_VLM: options.vlm }) });
const rules = await openInterpreter({ ...config, vlm: 'rules' });
const opened = await openInterpreter(config);
const sources = { blobs: openPictures(folder, cases), logger: createLogger('silent') };
const judged: Judged[] = [];
const fallback: Judged[] = [];
try {
  await opened.ready();
  const interpreter = opened.reading(sources);
  const byRules = rules.reading(sources);
  for (const one of cases) {
    fallback.push(judge(one, await read(one, byRules)));
    const outcome = await read(one, interpreter);
    judged.push(judge(one, outcome));
    if (opened.name !== 'rules' && judged.length % 20 === 0) printProgress(`${judged.length}/${cases.length}`);
  }
} finally {
  await Promise.all([opened.dispose(), rules.dispose()]);
}

const summary = summarize(judged, fallback);
const out = emptyOutFolder('interpret');
const file = join(out, 'results.json');
const rows = judged.map(({ case: one, outcome, exact, attribute }) => ({
  ...{ ...one, exact, attribute, outcome },
  ...(outcome.kind === 'read' ? { readAttribute: attributeOf(outcome.reading) } : {}),
}));
writeFileSync(file, `${JSON.stringify({ vlm: opened.name, summary, cases: rows }, null, 1)}\n`);

print(`${opened.name}, ${cases.length} cases`);
for (const half of halves) {
  for (const by of ['phenomenon', 'language'] as const) {
    print();
    print(scoreTable(half, by, judged, fallback));
  }
}
print();
print(timeLine(judged));
print(file);
printSummary(summary);

async function read(one: Case, interpreter: Interpreter): Promise<Outcome> {
  const start = performance.now();
  const ms = () => performance.now() - start;
  try {
    const reading = await interpreter.interpret(requestOf(one, MAX_IMAGES), { signal: new AbortController().signal });
    return { kind: 'read', reading, byRules: reading.note?.key === 'note.by-rules', ms: ms() };
  } catch (error) {
    return { kind: 'failed', code: asAppError(error).code, ms: ms() };
  }
}

/** At most so many of a list, at even distances. */
function spread<Item>(items: readonly Item[], limit = items.length): readonly Item[] {
  const count = Math.min(limit, items.length);
  return Array.from(
    { length: count },
    (_, index) => items.slice(Math.floor((index * items.length) / count))[0],
  ).flatMap((item) => (item === undefined ? [] : [item]));
}
