import { z } from 'zod';

const lines = z.array(z.string()).min(1).readonly();

/** How a chat model is asked to read a request. Placeholders stand in braces; a line of which one is empty is left out. */
export const chatTemplateSchema = z
  .object({
    version: z.int().positive(),
    system: lines,
    /** Said before each image: `{k}`, `{width}`, `{height}`, `{origin}`, `{name}` (a JSON string). */
    imageLabel: lines,
    /** Said in place of an image that is not shown: the same placeholders. */
    hiddenImage: lines,
    /** Words for `{origin}`; `attached` has `{n}`. */
    origins: z
      .object({
        attached: z.string(),
        reply: z.string(),
        earlier: z.string(),
        /** Sent earlier by somebody else; default: as `earlier`. */
        other: z.string().optional(),
        result: z.string(),
      })
      .readonly(),
    /** Said after the images: `{attached}`, `{current}`, `{mode}`, `{previous}`, `{maxImages}`, `{request}` (a JSON string). */
    request: lines,
    /** The second and last question: `{problems}`. */
    repair: lines,
  })
  .readonly();
export type ChatTemplate = z.infer<typeof chatTemplateSchema>;

/** How DreamOmni2's own language model is asked. */
export const taggedTemplateSchema = z
  .object({
    version: z.int().positive(),
    /** Put behind the instruction. */
    suffix: z.object({ edit: z.string(), generate: z.string() }).readonly(),
    maxNewTokens: z.int().positive(),
    repetitionPenalty: z.number().positive(),
  })
  .readonly();
export type TaggedTemplate = z.infer<typeof taggedTemplateSchema>;

/** Fill each line once: braces in what people wrote stay as they are. */
export function fillLines(template: readonly string[], values: Readonly<Record<string, string | number>>): string {
  const hole = /\{(\w+)\}/g;
  const isWhole = (line: string) => [...line.matchAll(hole)].every(([, name = '']) => (values[name] ?? '') !== '');
  return template
    .filter(isWhole)
    .map((line) => line.replace(hole, (_, name: string) => String(values[name])))
    .join('\n');
}
