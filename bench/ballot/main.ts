import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { outFolder } from '../folders.ts';
import { print, printSummary } from '../print.ts';
import { readResults } from '../quality/results.ts';
import { sayFailures } from '../say-failures.ts';
import { drawBallot } from './ballot.ts';
import { ballotPage } from './ballot-page.ts';

const optionsSchema = z.object({
  seed: z.coerce.number().int().nonnegative().default(0),
  limit: z.coerce.number().int().positive().default(40),
});
sayFailures();
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    /** Draws the cases and shuffles the systems. */
    seed: { type: 'string' },
    /** How many cases. */
    limit: { type: 'string' },
  },
});
const contestants = positionals.map((folder) => ({ folder, results: readResults(folder) }));
const { ballot, key } = drawBallot(contestants, optionsSchema.parse(values));
const out = outFolder('ballot');
const [page, keyFile] = [join(out, `${ballot.id}.html`), join(out, `${ballot.id}.key.json`)];
writeFileSync(page, ballotPage(ballot));
writeFileSync(keyFile, `${JSON.stringify(key, null, 1)}\n`);

print(`${ballot.cases.length} cases of ${key.systems.join(', ')}`);
print(`${page}: for people to vote in`);
print(`${keyFile}: who made what; for \`bench:votes\`, and not for those who vote`);
printSummary({ ballot: ballot.id, cases: ballot.cases.length, systems: key.systems, page, key: keyFile });
