import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { AppError } from '../../core/errors.ts';
import { currencySchema } from '../../core/money.ts';

const priceSchema = z.strictObject({
  currency: currencySchema,
  perImage: z.number().nonnegative(),
  perInput: z.number().nonnegative().default(0),
});
const budgetSchema = z.strictObject({ amount: z.number().nonnegative(), per: z.enum(['day', 'month']) });

/** One engine beside those of the environment. What is not named here goes to the engine as it is, which checks it. */
const engineSchema = z.looseObject({
  id: z.string(),
  kind: z.enum(['openai-images', 'gemini', 'comfyui']),
  /** Name of the environment variable that holds the key: keys belong in no file. */
  apiKeyVariable: z
    .string()
    .regex(/^[A-Z][A-Z0-9_]*$/)
    .optional(),
  apiKey: z.undefined('must not be in the file: name an environment variable in apiKeyVariable').optional(),
  /** A name in prompts/engines, or a file that begins with `./`. */
  template: z.string().optional(),
  /** ComfyUI: files in API form. */
  workflows: z.array(z.string()).min(1).optional(),
  price: priceSchema.optional(),
});
export type FileEngine = z.infer<typeof engineSchema>;

const fileSchema = z.strictObject({
  /** Where nobody and no place chooses; wins over EASEL_ENGINE. */
  default: z.string().optional(),
  fallback: z.array(z.string()).default([]),
  places: z.record(z.string(), z.string()).default({}),
  engines: z.array(engineSchema).default([]),
  /** By engine, instead of what Easel knows. */
  prices: z.record(z.string(), priceSchema).default({}),
  budget: z
    .strictObject({ currency: currencySchema, person: budgetSchema.optional(), place: budgetSchema.optional() })
    .optional(),
});

/** Names of engines are ids or kinds. */
export type EnginesFile = z.infer<typeof fileSchema> & {
  /** Folder that its paths are relative to. */
  readonly folder: string;
};

/** @throws AppError CONFIG_INVALID naming every problem. */
export function readEnginesFile(path: string | undefined): EnginesFile {
  if (path === undefined) return { ...fileSchema.parse({}), folder: process.cwd() };
  const parsed = fileSchema.safeParse(readJson(path, 'EASEL_ENGINES_FILE'));
  if (parsed.success) return { ...parsed.data, folder: dirname(resolve(path)) };
  const problems = parsed.error.issues.map(
    (issue) => `EASEL_ENGINES_FILE: ${path}: ${issue.path.join('.')}: ${issue.message}`,
  );
  throw new AppError('CONFIG_INVALID', { problems: problems.join('\n') });
}

/** @param variable names the setting in the problem. @throws AppError CONFIG_INVALID */
export function readJson(path: string, variable: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    const why = cause instanceof SyntaxError ? 'is not JSON' : 'cannot be read';
    throw new AppError('CONFIG_INVALID', { problems: `${variable}: ${path} ${why}` }, { cause });
  }
}
