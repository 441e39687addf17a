import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { loadConfig } from '../../core/config.ts';
import { createLocalEngine } from '../../inference/index.ts';
import { emptyOutFolder, modelFolderOf } from '../folders.ts';
import { print, printProgress, printSummary } from '../print.ts';
import { sayFailures } from '../say-failures.ts';
import { GROUPS, readCases, selectCases } from './cases.ts';
import { CONTROLS, type ControlName } from './controls.ts';
import { openJudge } from './open-judge.ts';
import { openRoundTrip } from './round-trip.ts';
import { type CaseRecord, runCase } from './run-cases.ts';
import { type Judged, summarize } from './summary.ts';
import { controlTable, judgeTable, kindTable, measureTable } from './tables.ts';
import { writeResults } from './write-results.ts';

const optionsSchema = z.object({
  full: z.boolean().default(false),
  limit: z.coerce.number().int().positive().optional(),
  group: z.enum(GROUPS).optional(),
  steps: z.coerce.number().int().positive().optional(),
  'pictures-only': z.boolean().default(false),
  judge: z.string().default(fileURLToPath(new URL('judge', import.meta.url))),
});

const { values } = parseArgs({
  options: {
    /** All 419 cases instead of the 120 default ones. */
    full: { type: 'boolean' },
    /** At most so many of each group. */
    limit: { type: 'string' },
    group: { type: 'string' },
    steps: { type: 'string' },
    /** Judge the controls that need no render: for choosing limits. */
    'pictures-only': { type: 'boolean' },
    /** Folder of judge.onnx and judge.json. */
    judge: { type: 'string' },
  },
});
const options = optionsSchema.parse(values);
sayFailures();
const casesFolder = fileURLToPath(new URL('cases', import.meta.url));
const set = readCases(casesFolder);
const cases = selectCases(set.cases, options);
const modelFolder = modelFolderOf(process.env);

const judge = await openJudge(options.judge, 1);
const roundTrip = await openRoundTrip(modelFolder);
const { device } = loadConfig(process.env);
const engine = options['pictures-only'] ? undefined : createLocalEngine({ modelFolder, device });
const records: CaseRecord[] = [];
try {
  await engine?.ready();
  for (const one of cases) {
    const record = await runCase({ judge, roundTrip, engine }, set, one, { casesFolder, steps: options.steps });
    records.push(record);
    printProgress(`${records.length}/${cases.length} ${describe(record)}`);
  }
} finally {
  await Promise.all([judge.dispose(), roundTrip.dispose(), engine?.dispose()]);
}

const outputs: readonly Judged[] = records.flatMap(({ case: one, output }) =>
  output === null ? [] : [{ case: one, verdict: output.verdict }],
);
const controls = judgedControls(records);
const seconds = records.flatMap(({ output }) => (output?.seconds == null ? [] : [output.seconds]));
const summary = summarize(outputs, controls, seconds);
const model = engine?.description.model ?? modelFolder;
const steps = options.steps ?? engine?.description.defaultSteps ?? null;
const folder = emptyOutFolder('quality');
const sheets = await writeResults(folder, records, { model, steps, summary });

print(`${model}, ${steps ?? 'no'} steps, ${cases.length} cases`);
for (const table of [judgeTable(judge.card), measureTable(records), kindTable(records), controlTable(controls)]) {
  print();
  print(table);
}
print();
for (const sheet of sheets) print(sheet);
printSummary(summary);

function judgedControls(from: readonly CaseRecord[]): ReadonlyMap<ControlName, readonly Judged[]> {
  const tried = (Object.keys(CONTROLS) as ControlName[]).map((name) => {
    const judged = from.flatMap(({ case: one, controls: all }) => {
      const found = all.get(name);
      return found === undefined ? [] : [{ case: one, verdict: found.verdict }];
    });
    return [name, judged] as const;
  });
  return new Map(tried);
}

function describe({ case: one, output, controls: all }: CaseRecord): string {
  if (output === null) return `${one.id} ${all.size} controls`;
  const outcome = output.verdict.passed ? 'passed' : output.verdict.problems.join(', ');
  return `${one.id} ${output.seconds?.toFixed(1) ?? '-'} s ${outcome}`;
}
