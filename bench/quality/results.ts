import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { systemSchema } from './system.ts';

const share = z.number().nullable();
const splitSchema = z.object({ all: share, concrete: share, abstract: share }).readonly();

/** What `results.json` of a system says; what only its own run needs is left aside. */
const resultsSchema = z
  .object({
    system: systemSchema,
    model: z.string(),
    /** Fingerprint of the weights; null where they are not here. */
    weights: z.string().nullable(),
    /** Fingerprint of the judge. */
    judge: z.string(),
    summary: z.object({ cases: z.number(), edits: splitSchema, generations: splitSchema }).readonly(),
    cases: z
      .array(
        z
          .object({
            id: z.string(),
            group: z.string(),
            /** The words of the person. */
            text: z.string(),
            /** Pictures that came with them. */
            inputs: z.int().nonnegative(),
          })
          .readonly(),
      )
      .readonly(),
  })
  .readonly();
export type Results = z.infer<typeof resultsSchema>;

/** Where the pictures of a result folder lie. */
export const inputFile = (folder: string, id: string, k: number) => join(folder, 'inputs', `${id}-${k}.png`);
export const outputFile = (folder: string, id: string) => join(folder, 'outputs', `${id}.png`);

/** @throws {Error} where there are no results; ZodError for those of another version. */
export function readResults(folder: string): Results {
  const file = join(folder, 'results.json');
  if (!existsSync(file)) throw new Error(`${file} is missing: expected a folder that a benchmark wrote.`);
  return resultsSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
}

/** The results that lie beside each other, of earlier runs too. What cannot be read is of another version and left out. */
export function readAllResults(folder: string): readonly Results[] {
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(folder, name, 'results.json'));
  return files
    .filter((file) => existsSync(file))
    .map((file) => resultsSchema.safeParse(JSON.parse(readFileSync(file, 'utf8'))))
    .flatMap(({ data }) => (data === undefined ? [] : [data]));
}

/** Whether two results belong into one table: the same cases, the same judge, and of the same engine the same weights. */
export function areComparable(one: Results, other: Results): boolean {
  const idsOf = ({ cases }: Results) => cases.map(({ id }) => id).join();
  const isSameModel = one.system.engine !== other.system.engine || one.weights === other.weights;
  return one.judge === other.judge && isSameModel && idsOf(one) === idsOf(other);
}
