import { z } from 'zod';
import type { ImageRequest } from '../image-request.ts';

/**
 * How an engine is asked, as data: lines with `{placeholders}`. A line of which a placeholder is empty is left out.
 * `{prompt}` what the built-in model would read · `{instruction}` · `{description}` what the finished picture shows ·
 * `{keep}` · `{references}` the images beyond the base of an edit, or all of a generation · `{count}` of images · `{seed}`.
 */
export const promptTemplateSchema = z
  .object({
    version: z.int().positive(),
    edit: z.array(z.string()).min(1).readonly(),
    generate: z.array(z.string()).min(1).readonly(),
    /** Said before each image where the engine reads text and images in turn; `{k}` is its position. */
    imageLabel: z.string().optional(),
    /** Taken out of what people wrote, because the server would obey it. */
    strip: z.array(z.string().min(1)).readonly().optional(),
  })
  .readonly();
export type PromptTemplate = z.infer<typeof promptTemplateSchema>;

/** The text that an engine is sent. */
export function writePrompt(template: PromptTemplate, request: ImageRequest): string {
  const { mode, prompt, images, seed, reading } = request;
  const clean = (text: string) => (template.strip ?? []).reduce(without, text).trim();
  const first = mode === 'edit' ? 2 : 1;
  const references = Array.from(
    { length: Math.max(0, images.length - first + 1) },
    (_, index) => `image ${first + index}`,
  );
  const values: Readonly<Record<string, string>> = {
    prompt: clean(prompt),
    instruction: clean(reading?.instruction ?? prompt),
    description: clean(reading?.description ?? ''),
    keep: clean(reading?.keep.join(', ') ?? ''),
    references: listed(references),
    count: images.length === 0 ? '' : String(images.length),
    seed: String(seed),
  };
  return template[mode].flatMap((line) => filled(line, values)).join('\n');
}

export function labelOf({ imageLabel }: PromptTemplate, position: number): string | undefined {
  return imageLabel?.replaceAll('{k}', String(position));
}

function filled(line: string, values: Readonly<Record<string, string>>): readonly string[] {
  const names = [...line.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  if (names.some((name) => values[name] === '')) return [];
  return [line.replace(/\{(\w+)\}/g, (placeholder, name: string) => values[name] ?? placeholder)];
}

function listed(names: readonly string[]): string {
  if (names.length < 2) return names.join('');
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

/** A space takes its place, so that no two halves meet and form it anew. */
function without(text: string, part: string): string {
  return text.replace(new RegExp(part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'), 'gi'), ' ');
}
