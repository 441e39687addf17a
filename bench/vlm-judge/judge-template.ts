import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

const lines = z.array(z.string()).min(1).readonly();
const shared = {
  version: z.int().positive(),
  system: lines,
  /** Said before each picture that was given: `{k}`. */
  inputLabel: lines,
  /** Said after the given pictures: `{request}` (a JSON string). */
  request: lines,
  /** The second and last question, after an answer that is none. */
  repair: lines,
};

const questions = z.object({ instruction: lines, kept: lines, undamaged: lines }).readonly();
const criteriaSchema = z
  .object({ ...shared, outputLabel: lines, questions: z.object({ edit: questions, generate: questions }).readonly() })
  .readonly();
const pairSchema = z.object({ ...shared, firstLabel: lines, secondLabel: lines }).readonly();

/** How a model is asked whether a result is right, in three questions. */
export type CriteriaTemplate = z.infer<typeof criteriaSchema>;
/** How a model is asked which of two results is better. */
export type PairTemplate = z.infer<typeof pairSchema>;

export const readCriteriaTemplate = (): CriteriaTemplate => criteriaSchema.parse(readTemplate('criteria.v1'));
export const readPairTemplate = (): PairTemplate => pairSchema.parse(readTemplate('pair.v1'));

function readTemplate(name: string): unknown {
  return JSON.parse(readFileSync(fileURLToPath(new URL(`../../prompts/judge/${name}.json`, import.meta.url)), 'utf8'));
}
