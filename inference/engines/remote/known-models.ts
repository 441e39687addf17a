import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { sizeRuleSchema } from './wanted-size.ts';

/** An estimate of what one picture costs, with where and when it was read. */
const priceSchema = z
  .object({
    currency: z.string(),
    perImage: z.number().nonnegative(),
    /** For each image that goes in. */
    perInput: z.number().nonnegative(),
    source: z.string(),
    date: z.iso.date(),
  })
  .readonly();

const knownModelSchema = z
  .object({
    kind: z.enum(['openai-images', 'gemini']),
    maxImages: z.int().positive(),
    licence: z.string(),
    size: sizeRuleSchema.optional(),
    extra: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
    price: priceSchema,
  })
  .readonly();
export type KnownModel = z.infer<typeof knownModelSchema>;

const modelsSchema = z.record(z.string(), knownModelSchema);
let models: z.infer<typeof modelsSchema> | undefined;

/** What is known of a provider's model, from `known-models.json`; people's own settings win over it. */
export function knownModel(kind: KnownModel['kind'], model: string): KnownModel | undefined {
  models ??= modelsSchema.parse(JSON.parse(readFileSync(new URL('known-models.json', import.meta.url), 'utf8')));
  const known = models[model];
  return known?.kind === kind ? known : undefined;
}
