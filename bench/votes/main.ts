import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { UsageError } from '../../cli/failure.ts';
import { ballotKeySchema } from '../ballot/ballot.ts';
import { formatTable, print, printSummary } from '../print.ts';
import { sayFailures } from '../say-failures.ts';
import { type Count, countVotes, votesSchema } from './count-votes.ts';

sayFailures();
const { positionals } = parseArgs({ allowPositionals: true });
const [keyFile, ...voteFiles] = positionals;
if (keyFile === undefined || voteFiles.length === 0) {
  throw new UsageError('Say the key and the votes: bench:votes -- ID.key.json VOTES.json...');
}
const key = ballotKeySchema.parse(readJson(keyFile));
const files = voteFiles.map((file) => votesSchema.parse(readJson(file)));
const [people, simulated] = [countVotes(files, key, 'person'), countVotes(files, key, 'simulated')];

printCount('Votes of people', people);
if (simulated.votes > 0) {
  print();
  printCount('SIMULATED votes: made by a program, never to be reported as those of people', simulated);
}
printSummary({ ballot: key.ballot, people, simulated });

function printCount(title: string, { voters, votes, ties, systems }: Count): void {
  print(`${title}: ${votes} of ${voters} voters, ${ties} ties`);
  if (votes === 0) return;
  const rows = systems.map(({ system, wins, winRate, ci95 }) => [
    system,
    String(wins),
    percent(winRate),
    ci95 === null ? '-' : `${percent(ci95[0])} to ${percent(ci95[1])}`,
  ]);
  print(formatTable(['system', 'wins', 'win rate', '95 % (Wilson)'], rows));
}

function percent(share: number | null): string {
  return share === null ? '-' : `${(100 * share).toFixed(1)} %`;
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'));
}
