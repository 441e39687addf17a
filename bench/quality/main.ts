import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { emptyOutFolder, modelFolderOf, outFolder } from '../folders.ts';
import { print, printProgress, printSummary } from '../print.ts';
import { sayFailures } from '../say-failures.ts';
import { createVlmJudge, type VlmJudge } from '../vlm-judge/judge-result.ts';
import { openJudgingModel } from '../vlm-judge/open-judging-model.ts';
import { agreementTable, summarizeVlm, type VlmSummary } from './agreement-table.ts';
import { type Case, loadPictures, readCases, selectCases } from './cases.ts';
import { type ControlName, hasControls } from './controls.ts';
import { seedOf } from './damage.ts';
import { fingerprintOf, fingerprintOfModel } from './fingerprint.ts';
import { openJudge } from './open-judge.ts';
import { type OpenSystem, openSystems } from './open-systems.ts';
import { readOptions } from './options.ts';
import { engineTable, formatPaperTable, formatPaperTableAsMarkdown, readingTable } from './paper-tables.ts';
import { areComparable, readAllResults, readResults } from './results.ts';
import { openRoundTrip } from './round-trip.ts';
import {
  type CaseRecord,
  type JudgedPicture,
  judgedControls,
  type Output,
  outputsOf,
  runCase,
  runControls,
} from './run-cases.ts';
import { controlShares, type Summary, summarize } from './summary.ts';
import { STRAIGHT } from './system.ts';
import { confusionTable, controlTable, judgeTable, kindTable, measureTable } from './tables.ts';
import { writeControls, writeResults } from './write-results.ts';

const options = readOptions(process.argv.slice(2));
sayFailures();
const casesFolder = fileURLToPath(new URL('cases', import.meta.url));
const set = readCases(casesFolder);
const cases = selectCases(set.cases, options);
const modelFolder = modelFolderOf(process.env);

const judge = await openJudge(options.judge, 1);
const vlmJudge = await openVlmJudge(options['vlm-judge']);
const roundTrip = await openRoundTrip(modelFolder);
const engines = options['pictures-only'] ? [] : options.engine;
const { systems, notRun, dispose } = await openSystems({ ...options, engines, vlms: options.vlm }, process.env);
if (engines.length > 0 && systems.length === 0) throw new Error([...notRun].map((each) => each.join(': ')).join('\n'));
const records: CaseRecord[] = [];
try {
  for (const one of cases) {
    const record = await measure(one);
    records.push(record);
    printProgress(`${records.length}/${cases.length} ${describe(record)}`);
  }
} finally {
  await Promise.all([judge.dispose(), roundTrip.dispose(), dispose()]);
}

const out = outFolder('quality');
writeControls(join(out, 'controls.json'), records);
const sheets: string[] = [];
const summaries = new Map<string, Summary & { readonly vlm: VlmSummary }>();
const judgeName = fingerprintOf([join(options.judge, 'judge.onnx'), join(options.judge, 'judge.json')]);
for (const system of systems) {
  const { name, engine, wording, vlm, opened } = system;
  const { model, defaultSteps } = opened.description;
  const summary = summarize(outputsOf(records, name));
  summaries.set(name, { ...summary, vlm: summarizeVlm(outputsOf(records, name)) });
  const about = {
    ...{ system: { engine, wording, vlm }, model, judge: judgeName, summary },
    weights: engine === 'local' ? fingerprintOfModel(modelFolder) : null,
    steps: defaultSteps === null ? null : (options.steps ?? defaultSteps),
  };
  sheets.push(...(await writeResults(emptyOutFolder(`quality/${name}`), name, records, about)));
}

print(
  `${cases.length} cases, ${systems.length === 0 ? 'nothing rendered' : systems.map(({ name }) => name).join(', ')}`,
);
const controls = judgedControls(records);
const kinds = systems.flatMap(({ name }) => {
  const outputs = outputsOf(records, name);
  const agreement = vlmJudge === undefined ? [] : [agreementTable(name, outputs)];
  return [kindTable(name, outputs), confusionTable(name, outputs, records), ...agreement];
});
for (const table of [judgeTable(judge.card), measureTable(records), ...kinds, controlTable(controls)]) {
  print();
  print(table);
}
const [first] = systems;
if (first !== undefined) {
  const own = readResults(join(out, first.name));
  const comparable = readAllResults(out).filter((each) => areComparable(own, each));
  const papers = [engineTable(comparable, notRun), readingTable(first.engine, comparable)];
  writeFileSync(join(out, 'tables.md'), `${papers.map(formatPaperTableAsMarkdown).join('\n\n')}\n`);
  for (const paper of papers) {
    print();
    print(formatPaperTable(paper));
  }
}
print();
for (const sheet of sheets) print(sheet);
printSummary({
  ...summarize(first === undefined ? [] : outputsOf(records, first.name)),
  controls: controlShares(controls),
  systems: Object.fromEntries(summaries),
  notRun: [...notRun.keys()],
});

async function openVlmJudge(name: string | undefined): Promise<VlmJudge | undefined> {
  return name === undefined ? undefined : createVlmJudge(await openJudgingModel(name, process.env));
}

async function measure(one: Case): Promise<CaseRecord> {
  const pictures = await loadPictures(casesFolder, set.size, one);
  const outputs = new Map<string, Output>();
  for (const { name, opened: engine, reader, wording } of systems) {
    outputs.set(name, await runCase({ judge, engine, reader, wording, vlmJudge }, one, pictures, options));
  }
  const engine = systems.find(isControlled)?.opened;
  const controls = hasControls(one)
    ? await runControls({ judge, roundTrip, engine }, one, pictures, options)
    : new Map<ControlName, JudgedPicture>();
  return { case: one, seed: seedOf(one.id), pictures, outputs, controls };
}

/** Controls are rendered by our own engine, asked as it was trained: elsewhere they would cost, and there is no adapter to leave out. */
function isControlled({ engine, wording, vlm }: OpenSystem): boolean {
  return engine === 'local' && wording === 'canonical' && vlm === STRAIGHT;
}

function describe({ case: one, outputs, controls: all }: CaseRecord): string {
  if (outputs.size === 0) return `${one.id} ${all.size} controls`;
  const outcomes = [...outputs.values()].map(({ verdict, seconds }) => {
    const outcome = verdict.passed ? 'passed' : verdict.problems.join(', ');
    return `${seconds?.toFixed(1) ?? '-'} s ${outcome}`;
  });
  return `${one.id} ${outcomes.join(' | ')}`;
}
