import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { UsageError } from '../../cli/failure.ts';
import { emptyOutFolder } from '../folders.ts';
import { formatTable, print, printProgress, printSummary } from '../print.ts';
import { readResults } from '../quality/results.ts';
import { systemName } from '../quality/system.ts';
import { sayFailures } from '../say-failures.ts';
import { judgePair, type PairVerdict } from '../vlm-judge/judge-pair.ts';
import { openJudgingModel } from '../vlm-judge/open-judging-model.ts';
import { countPairs, decidePair, pairCases } from './compare-results.ts';

const optionsSchema = z.object({ 'vlm-judge': z.string(), limit: z.coerce.number().int().positive().optional() });
sayFailures();
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    /** The chat model that compares, provider:model. */
    'vlm-judge': { type: 'string' },
    /** The first so many cases. */
    limit: { type: 'string' },
  },
});
const options = optionsSchema.safeParse(values);
const [first, second] = positionals;
if (!options.success || first === undefined || second === undefined || positionals.length > 2) {
  throw new UsageError('Say which two result folders: bench:compare -- FOLDER FOLDER --vlm-judge provider:model');
}

const [one, other] = [first, second].map((folder) => ({ folder, results: readResults(folder) }));
if (one === undefined || other === undefined) throw new UsageError('Two folders are needed.');
const names = [one, other].map(({ folder, results }) => `${systemName(results.system)} (${folder})`);
const judging = await openJudgingModel(options.data['vlm-judge'], process.env);
const pairs = pairCases(one, other, options.data.limit);
const verdicts: (PairVerdict & { readonly id: string; readonly text: string })[] = [];
for (const pair of pairs) {
  const verdict = await decidePair(pair, (both) => judgePair(judging, both));
  verdicts.push({ id: pair.id, text: pair.text, ...verdict });
  printProgress(`${verdicts.length}/${pairs.length} ${pair.id} ${wordOf(verdict)}`);
}

const comparison = countPairs(verdicts);
const file = join(emptyOutFolder('compare'), 'results.json');
const about = { judge: judging.model.name, systems: names, comparison };
writeFileSync(file, `${JSON.stringify({ ...about, cases: verdicts }, null, 1)}\n`);

const rate = (share: number | undefined) => (share === undefined ? '-' : `${(100 * share).toFixed(1)} %`);
const { wins, ties, disagreed, unanswered, winRate, ci95 } = comparison;
print(`${judging.model.name} compares ${pairs.length} cases, each in both orders`);
print(
  formatTable(
    ['better', 'cases'],
    names.map((name, index) => [name, String(wins[index])]),
  ),
);
print(`${ties} ties, ${disagreed} of them because the orders disagreed; ${unanswered} without an answer`);
print(
  `The first wins ${rate(winRate ?? undefined)} of the decided ones, 95 %: ${rate(ci95?.[0])} to ${rate(ci95?.[1])}`,
);
print(file);
printSummary({ judge: judging.model.name, ...comparison });

function wordOf({ winner, disagreed }: PairVerdict): string {
  if (winner === null) return 'no answer';
  if (winner === 'tie') return disagreed ? 'tie: the orders disagree' : 'tie';
  return winner === 0 ? 'first' : 'second';
}
