import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { WORDINGS } from './ask.ts';
import { GROUPS } from './cases.ts';
import { STRAIGHT } from './system.ts';

const optionsSchema = z.object({
  quick: z.boolean().default(false),
  limit: z.coerce.number().int().positive().optional(),
  group: z.enum(GROUPS).optional(),
  engine: z.array(z.string()).default(['local']),
  wording: z.enum(WORDINGS).default('canonical'),
  vlm: z.array(z.string()).default([STRAIGHT]),
  'vlm-judge': z.string().optional(),
  steps: z.coerce.number().int().positive().optional(),
  'pictures-only': z.boolean().default(false),
  judge: z.string().default(fileURLToPath(new URL('judge', import.meta.url))),
});
export type Options = z.infer<typeof optionsSchema>;

/** @throws TypeError for an option that there is not; ZodError for a value that it cannot have. */
export function readOptions(words: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...words],
    options: {
      /** 120 cases instead of all 419. */
      quick: { type: 'boolean' },
      /** At most so many of each group. */
      limit: { type: 'string' },
      group: { type: 'string' },
      /** Kind or id of a configured engine, `all` for every one; may be repeated. */
      engine: { type: 'string', multiple: true },
      /** How the cases are said: canonical or casual. */
      wording: { type: 'string' },
      /** What reads the words before the engine: none, rules, local or provider:model; may be repeated. */
      vlm: { type: 'string', multiple: true },
      /** A chat model, provider:model, that judges every output as well. */
      'vlm-judge': { type: 'string' },
      steps: { type: 'string' },
      /** Judge the controls that need no render: for choosing limits. */
      'pictures-only': { type: 'boolean' },
      /** Folder of judge.onnx and judge.json. */
      judge: { type: 'string' },
    },
  });
  return optionsSchema.parse(values);
}
