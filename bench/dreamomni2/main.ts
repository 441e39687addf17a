import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { UsageError } from '../../cli/failure.ts';
import { emptyOutFolder, modelFolderOf, outFolder } from '../folders.ts';
import { formatTable, print, printProgress, printSummary } from '../print.ts';
import { fingerprintOfModel } from '../quality/fingerprint.ts';
import { openSystems } from '../quality/open-systems.ts';
import { engineTable, formatPaperTable, formatPaperTableAsMarkdown } from '../quality/paper-tables.ts';
import type { Results } from '../quality/results.ts';
import { summarize } from '../quality/summary.ts';
import { STRAIGHT } from '../quality/system.ts';
import { sayFailures } from '../say-failures.ts';
import { createVlmJudge } from '../vlm-judge/judge-result.ts';
import { openJudgingModel } from '../vlm-judge/open-judging-model.ts';
import { type PhotoCase, readPhotoCases } from './read-cases.ts';
import { type PhotoRecord, runPhotoCase, writePhotos } from './run-photo-case.ts';

const optionsSchema = z.object({
  engine: z.array(z.string()).default(['local']),
  vlm: z.array(z.string()).default([STRAIGHT]),
  'vlm-judge': z.string(),
  limit: z.coerce.number().int().positive().optional(),
  steps: z.coerce.number().int().positive().optional(),
});
sayFailures();
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    /** Kind or id of a configured engine, `all` for every one; may be repeated. */
    engine: { type: 'string', multiple: true },
    /** What reads the instruction before the engine: none, rules, local or provider:model; may be repeated. */
    vlm: { type: 'string', multiple: true },
    /** The chat model that judges, provider:model. */
    'vlm-judge': { type: 'string' },
    /** At most so many of each category. */
    limit: { type: 'string' },
    steps: { type: 'string' },
  },
});
const parsed = optionsSchema.safeParse(values);
const [folder] = positionals;
if (!parsed.success || folder === undefined) {
  throw new UsageError('Say where the cases lie and who judges: bench:dreamomni2 -- FOLDER --vlm-judge provider:model');
}
const options = parsed.data;
const cases = limited(readPhotoCases(folder), options.limit);
print(categoryTable(cases));

const judge = createVlmJudge(await openJudgingModel(options['vlm-judge'], process.env));
const chosen = { engines: options.engine, wording: 'casual', vlms: options.vlm } as const;
const { systems, notRun, dispose } = await openSystems(chosen, process.env);
const results: Results[] = [];
const problems: Record<string, number> = {};
try {
  for (const system of systems) {
    const records: PhotoRecord[] = [];
    for (const one of cases) {
      const record = await runPhotoCase(system, judge, one, options);
      records.push(record);
      printProgress(`${records.length}/${cases.length} ${system.name} ${one.id} ${describe(record)}`);
    }
    const { engine, wording, vlm, opened, name } = system;
    const weights = engine === 'local' ? fingerprintOfModel(modelFolderOf(process.env)) : null;
    const about = { system: { engine, wording, vlm }, model: opened.description.model, weights, judge: judge.name };
    const rows = records.map(({ case: { files, ...one }, output: _picture, ...rest }) => ({
      ...{ ...one, inputs: files.length },
      ...rest,
    }));
    const result = { ...about, summary: summarize(records.map(judgedOf)), cases: rows };
    const out = emptyOutFolder(`dreamomni2/${name}`);
    writeFileSync(join(out, 'results.json'), `${JSON.stringify(result, null, 1)}\n`);
    await writePhotos(out, records);
    results.push(result);
    problems[name] = records.filter(({ vlm: verdict }) => verdict === null || verdict.passed === null).length;
  }
} finally {
  await dispose();
}

const table = engineTable(results, notRun);
writeFileSync(join(outFolder('dreamomni2'), 'tables.md'), `${formatPaperTableAsMarkdown(table)}\n`);
print();
print(formatPaperTable(table));
print(`Judged by ${judge.name}; without a picture or an answer, and counted as failed: ${JSON.stringify(problems)}`);
printSummary({
  judge: judge.name,
  cases: cases.length,
  systems: Object.fromEntries(systems.map(({ name }, index) => [name, results[index]?.summary])),
  withoutVerdict: problems,
  notRun: [...notRun.keys()],
});

/** What has no verdict did not pass. */
function judgedOf({ case: one, vlm, seconds }: PhotoRecord) {
  return { case: one, verdict: { passed: vlm?.passed === true }, seconds, confusion: null };
}

function limited(all: readonly PhotoCase[], limit = Number.POSITIVE_INFINITY): readonly PhotoCase[] {
  const seen = new Map<string, number>();
  return all.filter(({ group, category }) => {
    const count = (seen.get(`${group}/${category}`) ?? 0) + 1;
    seen.set(`${group}/${category}`, count);
    return count <= limit;
  });
}

/** What was found, to be held against the paper's 41 + 164 edits and 24 + 90 generations. */
function categoryTable(all: readonly PhotoCase[]): string {
  const names = [...new Set(all.map(({ group, category }) => `${group}/${category}`))];
  const rows = names.map((name) => {
    const members = all.filter(({ group, category }) => `${group}/${category}` === name);
    return [name, String(members.length), members[0]?.concrete === true ? 'concrete' : 'abstract'];
  });
  return formatTable(['category', 'cases', 'counted as'], rows);
}

function describe({ problem, vlm }: PhotoRecord): string {
  if (problem !== null) return problem;
  return vlm?.passed === true ? 'passed' : vlm?.passed === false ? 'failed' : 'no answer';
}
