import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { InferenceError } from '../errors.ts';

/** Read and check one JSON file of a model folder.
 * @param what what the file holds, for the error: "the list of components".
 * @throws {InferenceError} MODEL_MISSING or MODEL_INVALID, naming the file and what was expected of it. */
export function readModelJson<T>(file: string, what: string, schema: z.ZodType<T>): T {
  if (!existsSync(file)) {
    throw new InferenceError('MODEL_MISSING', `${file} is missing: expected ${what}.`, { file });
  }
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new InferenceError('MODEL_INVALID', `${file} is not JSON: expected ${what}.`, { file }, { cause: error });
  }
  const parsed = schema.safeParse(content);
  if (parsed.success) return parsed.data;
  throw new InferenceError(
    'MODEL_INVALID',
    `${file} does not hold ${what}: ${z.prettifyError(parsed.error).replaceAll('\n', ' ')}`,
    { file },
    { cause: parsed.error },
  );
}
