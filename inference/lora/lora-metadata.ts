import { z } from 'zod';
import { InferenceError } from '../errors.ts';

const METADATA_KEY = 'lora_adapter_metadata';
const TRANSFORMER_PREFIX = 'transformer.';

const metadataSchema = z.object({
  lora_alpha: z.number().positive().optional(),
  alpha_pattern: z.record(z.string(), z.number().positive()).default({}),
  use_rslora: z.boolean().default(false),
  use_dora: z.literal(false, { error: 'DoRA is not supported' }).default(false),
  lora_bias: z.literal(false, { error: 'a bias is not supported' }).default(false),
});

/** How the header of a LoRA file scales its modules. */
export interface LoraScaling {
  /** The factor of a module; undefined when the header does not say. */
  scaleOf(module: string, rank: number): number | undefined;
}

/**
 * Read the peft config that diffusers stores in the header. Patterns are compared with the end of a module's name,
 * literally, as diffusers writes them.
 *
 * @throws {InferenceError} MODEL_INVALID when the config asks for something that a plain LoRA is not.
 */
export function readLoraScaling(metadata: Readonly<Record<string, string>>, file: string): LoraScaling {
  const json = metadata[METADATA_KEY];
  if (json === undefined) return { scaleOf: () => undefined };
  const { lora_alpha: alpha, alpha_pattern: patterns, use_rslora: dividesByRoot } = parseMetadata(json, file);
  return {
    scaleOf(module, rank) {
      const pattern = Object.keys(patterns).find((name) => module === name || module.endsWith(`.${name}`));
      const moduleAlpha = pattern === undefined ? alpha : patterns[pattern];
      return moduleAlpha === undefined ? undefined : moduleAlpha / (dividesByRoot ? Math.sqrt(rank) : rank);
    },
  };
}

function parseMetadata(json: string, file: string): z.infer<typeof metadataSchema> {
  let entries: unknown;
  try {
    entries = JSON.parse(json);
  } catch (cause) {
    throw new InferenceError('MODEL_INVALID', `${file}: ${METADATA_KEY} is not JSON.`, { file }, { cause });
  }
  const parsed = metadataSchema.safeParse(ofTransformer(entries));
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');
  throw new InferenceError('MODEL_INVALID', `${file}: ${METADATA_KEY} is not supported: ${problems}.`, { file });
}

function ofTransformer(entries: unknown): unknown {
  if (typeof entries !== 'object' || entries === null) return entries;
  const own = Object.entries(entries).filter(([key]) => key.startsWith(TRANSFORMER_PREFIX));
  return Object.fromEntries(own.map(([key, value]) => [key.slice(TRANSFORMER_PREFIX.length), value]));
}
