import { z } from 'zod';
import { measureImage } from '../../image/measure.ts';
import type { Size } from '../../image/picture.ts';
import { aspectRatio, type ImageRequest } from '../image-request.ts';

/** Which sizes a server makes. */
export const sizeRuleSchema = z.discriminatedUnion('rule', [
  /** About `pixels`, sides a multiple, no longer than `maxRatio` times the other. */
  z
    .object({
      rule: z.literal('free'),
      pixels: z.int().positive().default(1_048_576),
      multiple: z.int().positive().default(16),
      maxRatio: z.number().min(1).default(4),
    })
    .readonly(),
  /** The listed ones. */
  z
    .object({
      rule: z.literal('listed'),
      sizes: z
        .array(z.tuple([z.int().positive(), z.int().positive()]).readonly())
        .min(1)
        .readonly(),
    })
    .readonly(),
  /** No size is asked for: the server decides. */
  z.object({ rule: z.literal('unknown') }).readonly(),
]);
export type RemoteSizeRule = z.infer<typeof sizeRuleSchema>;

/** What a person may notice: 4:3 and 1.31:1 look the same. */
const SAME_ASPECT = 0.03;

/** width / height that the request asks for: its own, the base's, or none. */
export async function wantedAspect({ mode, aspect, images }: ImageRequest): Promise<number | undefined> {
  if (aspect !== undefined) return aspectRatio(aspect);
  const [base] = images;
  if (mode !== 'edit' || base === undefined) return undefined;
  const { width, height } = await measureImage(base);
  return width / height;
}

/** @returns undefined where the server decides. */
export function sizeFor(rule: RemoteSizeRule, aspect: number | undefined): Size | undefined {
  if (rule.rule === 'unknown') return undefined;
  if (rule.rule === 'listed') {
    const sizes = rule.sizes.map(([width, height]) => ({ width, height }));
    return aspect === undefined ? sizes[0] : nearestAspect(sizes, aspect);
  }
  const { pixels, multiple, maxRatio } = rule;
  const ratio = Math.min(maxRatio, Math.max(1 / maxRatio, aspect ?? 1));
  const side = (length: number) => Math.max(multiple, Math.round(length / multiple) * multiple);
  return { width: side(Math.sqrt(pixels * ratio)), height: side(Math.sqrt(pixels / ratio)) };
}

export function nearestAspect<S extends Size>(sizes: readonly S[], aspect: number): S | undefined {
  const distance = ({ width, height }: Size) => Math.abs(Math.log(aspect / (width / height)));
  return sizes.reduce<S | undefined>(
    (best, size) => (best === undefined || distance(size) < distance(best) ? size : best),
    undefined,
  );
}

/** A sentence where the picture does not have the shape that was asked for. */
export function aspectWarning(made: Size, aspect: number | undefined): readonly string[] {
  if (aspect === undefined || Math.abs(Math.log(aspect / (made.width / made.height))) <= SAME_ASPECT) return [];
  return [`This engine made ${made.width} × ${made.height} pixels, another shape than the one asked for.`];
}
