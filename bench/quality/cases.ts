import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { cropPicture, type Picture } from '../../inference/image/picture.ts';
import { decodeImage } from '../../inference/index.ts';
import { isHeldOut } from './held-out.ts';

export const GROUPS = ['edits', 'generations', 'singleEdits', 'textToImage'] as const;
export type Group = (typeof GROUPS)[number];

/** Word of every head; null where nothing stands. */
const labelsSchema = z.record(z.string(), z.string().nullable()).readonly();
export type Labels = z.infer<typeof labelsSchema>;

const caseSchema = z
  .object({
    id: z.string().regex(/^[A-Za-z]+-\d{3}$/),
    group: z.enum(GROUPS),
    kind: z.string(),
    /** An object is carried over or made (the paper's split); else an attribute. */
    concrete: z.boolean(),
    /** Part of the quick run: `quick` of a case. */
    default: z.boolean(),
    mode: z.enum(['edit', 'generate']),
    instruction: z.string(),
    description: z.string(),
    /** Pictures given, in the model's order. */
    inputs: z.int().min(0).max(5),
    style: z.string(),
    /** What image 1 shows; null for a new picture. */
    source: labelsSchema.nullable(),
    expected: labelsSchema,
    /** `noun|attribute` of the target that training never saw. */
    heldOutPairs: z.array(z.string()).nonempty().readonly(),
  })
  .transform(({ default: quick, ...one }) => ({ ...one, quick }))
  .readonly();

const caseSetSchema = z
  .object({
    /** Side of every picture in pixels. */
    size: z.int().positive(),
    heads: z.array(z.string()).nonempty().readonly(),
    cases: z.array(caseSchema).nonempty().readonly(),
  })
  .readonly();

export type Case = z.infer<typeof caseSchema>;
export type CaseSet = z.infer<typeof caseSetSchema>;

/** The pictures of a case, all of the set's size. */
export interface CasePictures {
  readonly inputs: readonly Picture[];
  readonly target: Picture;
  /** The target with one attribute changed that nobody asked to change. */
  readonly notKept: Picture;
}

/** Read `cases.json` and check that every case holds out a pair of its target.
 * @throws {Error} naming the cases that training may have seen; ZodError when the file is another one. */
export function readCases(folder: string): CaseSet {
  const set = caseSetSchema.parse(JSON.parse(readFileSync(join(folder, 'cases.json'), 'utf8')));
  const trained = set.cases.filter(({ expected, heldOutPairs }) =>
    heldOutPairs.some((pair) => !isHeldOut(pair) || !pairsOf(expected).includes(pair)),
  );
  if (trained.length === 0) return set;
  throw new Error(`Training may have seen these cases: ${trained.map(({ id }) => id).join(', ')}.`);
}

export interface CaseSelection {
  /** The quick run's cases instead of all. */
  readonly quick?: boolean | undefined;
  readonly group?: Group | undefined;
  /** At most so many of each group. */
  readonly limit?: number | undefined;
}

export function selectCases(cases: readonly Case[], { quick = false, group, limit }: CaseSelection): readonly Case[] {
  return GROUPS.filter((name) => group === undefined || name === group).flatMap((name) =>
    cases.filter((one) => one.group === name && (!quick || one.quick)).slice(0, limit),
  );
}

/** Cut the strip `<id>.webp`: inputs, target and `notKept` side by side.
 * @throws {Error} when it has another size. */
export async function loadPictures(folder: string, size: number, { id, inputs }: Case): Promise<CasePictures> {
  const strip = await decodeImage(await readFile(join(folder, `${id}.webp`)));
  if (strip.height !== size || strip.width !== (inputs + 2) * size) {
    throw new Error(
      `${id}.webp is ${strip.width} x ${strip.height}: expected ${inputs + 2} squares of ${size} pixels.`,
    );
  }
  const tile = (index: number) => cropPicture(strip, { left: index * size, top: 0, width: size, height: size });
  return {
    inputs: Array.from({ length: inputs }, (_, index) => tile(index)),
    target: tile(inputs),
    notKept: tile(inputs + 1),
  };
}

/** Every `noun|attribute` of the objects that labels describe. */
function pairsOf(labels: Labels): readonly string[] {
  return ['left', 'center', 'right'].flatMap((slot) =>
    ['color', 'pattern'].map((part) => `${labels[`${slot}.noun`]}|${labels[`${slot}.${part}`]}`),
  );
}
