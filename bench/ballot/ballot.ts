import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { seedOf } from '../quality/damage.ts';
import { inputFile, outputFile, type Results } from '../quality/results.ts';
import { systemName } from '../quality/system.ts';

export const LETTERS = ['A', 'B', 'C'] as const;
export type Letter = (typeof LETTERS)[number];

/** A result folder with what it says. */
export interface Contestant {
  readonly folder: string;
  readonly results: Results;
}

/** What a page shows: nothing in it says who made what. Pictures are data URLs. */
export interface Ballot {
  readonly id: string;
  readonly cases: readonly {
    readonly id: string;
    readonly text: string;
    readonly inputs: readonly string[];
    readonly outputs: readonly { readonly letter: Letter; readonly url: string | null }[];
  }[];
}

export const ballotKeySchema = z
  .object({
    ballot: z.string(),
    systems: z.array(z.string()).min(2).max(LETTERS.length).readonly(),
    /** Case to letter to index of the system. */
    cases: z.record(z.string(), z.partialRecord(z.enum(LETTERS), z.int().nonnegative()).readonly()).readonly(),
  })
  .readonly();
/** Who made what; stays with whoever counts. */
export type BallotKey = z.infer<typeof ballotKeySchema>;

export interface BallotOptions {
  /** The same seed draws and shuffles the same. */
  readonly seed: number;
  /** So many of the cases that all have. */
  readonly limit: number;
}

/** A drawn part of the cases that all contestants answered, in drawn order, the systems shuffled anew for each.
 * @param contestants two or three. @throws {Error} for another number, or without common cases. */
export function drawBallot(
  contestants: readonly Contestant[],
  { seed, limit }: BallotOptions,
): { readonly ballot: Ballot; readonly key: BallotKey } {
  const [first, ...others] = contestants;
  if (first === undefined || others.length < 1 || contestants.length > LETTERS.length) {
    throw new Error(`A ballot is between two or three result folders, not ${contestants.length}.`);
  }
  const isCommon = (id: string) => others.every(({ results }) => results.cases.some((one) => one.id === id));
  const drawn = first.results.cases
    .filter(({ id }) => isCommon(id))
    .toSorted((one, other) => seedOf(`${seed}|${one.id}`) - seedOf(`${seed}|${other.id}`))
    .slice(0, limit);
  if (drawn.length === 0) throw new Error('The result folders have no case in common.');

  const systems = contestants.map(({ results }) => systemName(results.system));
  const shuffled = drawn.map((one) => ({ one, order: shuffle(contestants, `${seed}|${one.id}`) }));
  const cases = shuffled.map(({ one, order }) => ({
    id: one.id,
    text: one.text,
    inputs: Array.from({ length: one.inputs }, (_, index) => dataUrl(inputFile(first.folder, one.id, index + 1)) ?? ''),
    outputs: order.map((contestant, index) => ({
      letter: LETTERS[index] ?? 'A',
      url: dataUrl(outputFile(contestant.folder, one.id)),
    })),
  }));
  const id = createHash('sha256').update(JSON.stringify(cases)).digest('hex').slice(0, 12);
  const keys = shuffled.map(({ one, order }) => [
    one.id,
    Object.fromEntries(order.map((contestant, index) => [LETTERS[index] ?? 'A', contestants.indexOf(contestant)])),
  ]);
  return { ballot: { id, cases }, key: { ballot: id, systems, cases: Object.fromEntries(keys) } };
}

/** By a hash of the name and the place: the same on every machine. */
function shuffle<Item>(items: readonly Item[], name: string): readonly Item[] {
  return items
    .map((item, index) => ({ item, rank: seedOf(`${name}|${index}`) }))
    .toSorted((one, other) => one.rank - other.rank)
    .map(({ item }) => item);
}

function dataUrl(file: string): string | null {
  return existsSync(file) ? `data:image/png;base64,${readFileSync(file, 'base64')}` : null;
}
