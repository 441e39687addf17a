import { z } from 'zod';
import { type BallotKey, LETTERS } from '../ballot/ballot.ts';
import { wilson95 } from '../wilson.ts';

const SOURCES = ['person', 'simulated'] as const;
/** Whose votes they are. What a program voted is never counted among people's. */
export type Source = (typeof SOURCES)[number];

export const votesSchema = z
  .object({
    ballot: z.string(),
    source: z.enum(SOURCES),
    voter: z.string().min(1),
    votes: z.array(z.object({ case: z.string(), choice: z.enum([...LETTERS, 'tie']) }).readonly()).readonly(),
  })
  .readonly();
export type Votes = z.infer<typeof votesSchema>;

export interface Count {
  readonly voters: number;
  readonly votes: number;
  readonly ties: number;
  /** In the order of the key. The rate is of the votes that were no tie; null without any. */
  readonly systems: readonly {
    readonly system: string;
    readonly wins: number;
    readonly winRate: number | null;
    readonly ci95: readonly [number, number] | null;
  }[];
}

/** The votes of people, or of programs; never both. Of one voter the last file counts.
 * @throws {Error} for votes of another ballot, or on a case or letter that it has not. */
export function countVotes(files: readonly Votes[], key: BallotKey, source: Source): Count {
  const own = new Map(files.filter((each) => each.source === source).map((each) => [each.voter, each]));
  const winners = [...own.values()].flatMap((each) => each.votes.map((vote) => winnerOf(vote, each.ballot, key)));
  const decided = winners.filter((winner) => winner !== null);
  return {
    voters: own.size,
    votes: winners.length,
    ties: winners.length - decided.length,
    systems: key.systems.map((system, index) => {
      const wins = decided.filter((winner) => winner === index).length;
      const winRate = decided.length === 0 ? null : Math.round((wins / decided.length) * 10_000) / 10_000;
      return { system, wins, winRate, ci95: wilson95(wins, decided.length) };
    }),
  };
}

/** Index of the system; null for a tie. */
function winnerOf({ case: id, choice }: Votes['votes'][number], ballot: string, key: BallotKey): number | null {
  if (ballot !== key.ballot) throw new Error(`These votes are on the ballot ${ballot}, the key is of ${key.ballot}.`);
  const letters = key.cases[id];
  if (letters === undefined) throw new Error(`The ballot has no case ${id}.`);
  if (choice === 'tie') return null;
  const winner = letters[choice];
  if (winner === undefined) throw new Error(`${id} has no result ${choice}.`);
  return winner;
}
