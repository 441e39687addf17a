import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { SamplesView } from '../protocol.ts';

/** Pictures to start with, from the model's folder. */
export interface Samples {
  readonly view: SamplesView;
  /** Encoded PNG by name; undefined for a name that is not in the view. */
  get(name: string): Uint8Array | undefined;
}

const FILE_NAME = /^[a-z0-9][a-z0-9-]*\.png$/;

/** `samples.json` beside the pictures: what they show, and requests that work well with them. */
const captionsSchema = z.object({
  altTexts: z.record(z.string(), z.string().max(300)).default({}),
  examples: z
    .array(z.object({ text: z.string().min(1).max(300), samples: z.array(z.string()).min(1).max(4) }))
    .max(4)
    .default([]),
});

/**
 * Read the samples once. A folder that is not there has none.
 * @param folder holds `NAME.png` files, lower case with hyphens, and optionally `samples.json`.
 */
export async function readSamples(folder: string): Promise<Samples> {
  const files = (await listFolder(folder)).filter((file) => FILE_NAME.test(file)).toSorted();
  const pictures = new Map(
    await Promise.all(files.map(async (file) => [file, new Uint8Array(await readFile(join(folder, file)))] as const)),
  );
  const { altTexts, examples } = await readCaptions(folder);
  return {
    view: {
      samples: files.map((name) => ({
        name,
        url: `/api/samples/${name}`,
        altText: altTexts[name] ?? name.replace(/\.png$/, '').replaceAll('-', ' '),
      })),
      examples: examples.filter((example) => example.samples.every((name) => pictures.has(name))),
    },
    get: (name) => pictures.get(name),
  };
}

async function readCaptions(folder: string): Promise<z.infer<typeof captionsSchema>> {
  if (!(await listFolder(folder)).includes('samples.json')) return captionsSchema.parse({});
  return captionsSchema.parse(JSON.parse(await readFile(join(folder, 'samples.json'), 'utf8')));
}

async function listFolder(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}
