import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { LineageRecord, ReadyImage } from '../../core/domain.ts';
import { type BlobKey, blobKeySchema, newTurnId, renderJobId } from '../../core/ids.ts';
import type { InterpreterRequest } from '../../core/ports.ts';

export const HALVES = ['hand', 'generated'] as const;
export type Half = (typeof HALVES)[number];

/** What a request can be about: what the transformer's canonical instructions can say, a new picture, anything else, nothing. */
const ATTRIBUTES = [
  'pattern',
  'color',
  'look',
  'style',
  'background',
  'replace',
  'add',
  'noun',
  'new',
  'other',
  'none',
] as const;
export type Attribute = (typeof ATTRIBUTES)[number];

const imageNumber = z.int().positive();
const readingSchema = z.object({
  mode: z.enum(['edit', 'generate']),
  base: imageNumber.nullable(),
  references: z.array(imageNumber).readonly(),
  instruction: z.string(),
});

const caseSchema = z
  .object({
    id: z.string().regex(/^[A-Za-z0-9-]+$/),
    phenomenon: z.string(),
    language: z.string(),
    /** In order of their numbers: who it is from, and what it shows. "other" is an earlier picture of another person. */
    images: z.array(z.string().regex(/^(?:message|reply|earlier|other|result): .+$/)).readonly(),
    text: z.string().min(1),
    previous: readingSchema.optional(),
    gold: z
      .object({
        mode: z.enum(['edit', 'generate', 'clarify', 'chat']),
        base: imageNumber.nullable(),
        references: z.array(imageNumber).readonly(),
        /** Several are joined by a plus. */
        attribute: z
          .string()
          .refine((text) => text.split('+').every((each) => ATTRIBUTES.some((known) => known === each))),
      })
      .readonly(),
  })
  .readonly();
export type Case = z.infer<typeof caseSchema> & { readonly half: Half };

/** A picture of a conversation: what it shows is also the name of its file. */
interface Shown {
  readonly from: string;
  readonly scene: string;
}

/** The cases of one half; those of a half that has not been written are none.
 * @throws ZodError, SyntaxError for a line that is no case. */
export function readCases(folder: string, half: Half): readonly Case[] {
  const file = join(folder, `${half}.jsonl`);
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => ({ ...caseSchema.parse(JSON.parse(line)), half }));
}

/** What the interpreter is asked: the conversation as the product would describe it. */
export function requestOf({ images, text, previous }: Case, maxImages: number): InterpreterRequest {
  const shown = images.map(shownOf);
  const numbersOf = (...origins: readonly string[]) =>
    shown.flatMap(({ from }, index) => (origins.includes(from) ? [index + 1] : []));
  const results = numbersOf('result');
  return {
    text,
    images: shown.map(({ from, scene }, index) => imageOf(index + 1, from, scene, results, previous?.base ?? 1)),
    attached: numbersOf('reply', 'message'),
    own: numbersOf('message', 'earlier'),
    current: results.at(-1) ?? null,
    ...(previous === undefined
      ? {}
      : {
          previous: { ...previous, description: '', keep: [], count: 1, altText: '', language: 'en', confidence: 1 },
        }),
    maxImages,
  };
}

/** The pictures of cases as a store of blobs.
 * @throws {Error} from `get`, naming the file, for a picture that is not there. */
export function openPictures(folder: string, cases: readonly Case[]) {
  const files = new Map(
    cases.flatMap(({ images }) => images.map(shownOf)).map(({ scene }) => [blobOf(scene), fileOf(scene)]),
  );
  return {
    get(key: BlobKey): Promise<{ readonly bytes: Uint8Array; readonly contentType: string }> {
      const file = files.get(key);
      if (file === undefined) throw new Error(`no case shows ${key}`);
      return Promise.resolve({ bytes: readFileSync(join(folder, 'pictures', file)), contentType: 'image/webp' });
    },
  };
}

function shownOf(image: string): Shown {
  const [from = '', ...scene] = image.split(': ');
  return { from, scene: scene.join(': ') };
}

function fileOf(scene: string): string {
  return `${scene.replaceAll(/[ ,]+/g, '-')}.webp`;
}

function blobOf(scene: string): BlobKey {
  return blobKeySchema.parse(createHash('sha256').update(scene).digest('hex'));
}

function imageOf(
  number: number,
  from: string,
  scene: string,
  results: readonly number[],
  firstBase: number,
): ReadyImage {
  const pixels = { blob: blobOf(scene), widthPx: 128, heightPx: 128 };
  const common = { number, turnId: newTurnId(), status: 'ready', altText: '', ...pixels } as const;
  if (from !== 'result') return { ...common, kind: 'input', origin: from === 'reply' ? 'reply' : 'attachment' };
  const parent = results.filter((result) => result < number).at(-1) ?? firstBase;
  return { ...common, kind: 'result', lineage: lineageOf(parent) };
}

/** How a result came to be, as far as a request can be about it: what was before. */
function lineageOf(parent: number): LineageRecord {
  return {
    ...{ renderId: renderJobId(newTurnId(), 1), parent, mode: 'edit', base: parent, references: [], instruction: '' },
    ...{ description: '', prompt: '', adapter: 'none', seed: 0, model: 'easel-stickers', engine: 'easel-stickers' },
    ...{ timingsMs: {}, warnings: [] },
  };
}
