import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { z } from 'zod';
import { InferenceError } from '../errors.ts';

/**
 * Read and check the `config.json` of a component; keys that the schema does not name are ignored.
 *
 * @throws {InferenceError} MODEL_MISSING without the file; MODEL_INVALID naming every value that is not supported.
 */
export function readConfig<T>(modelFolder: string, component: string, schema: z.ZodType<T>): T {
  const file = join(modelFolder, component, 'config.json');
  const parsed = schema.safeParse(parseJson(readText(file), file));
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'the file'}: ${issue.message}`);
  throw new InferenceError('MODEL_INVALID', `${file} is not supported: ${problems.join('; ')}.`, { file });
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new InferenceError(
      'MODEL_MISSING',
      `${file} is missing: expected the config of this part of the model.`,
      { file },
      { cause },
    );
  }
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new InferenceError('MODEL_INVALID', `${file} is not JSON.`, { file }, { cause });
  }
}
