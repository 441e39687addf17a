import { z } from 'zod';
import { WORDINGS } from './ask.ts';

/** The `vlm` of a system that reads nothing: the words go to the engine as they are. */
export const STRAIGHT = 'none';

export const systemSchema = z
  .object({
    /** Kind or id of the engine. */
    engine: z.string(),
    wording: z.enum(WORDINGS),
    /** `none`, `rules`, `local` or `provider:model`. */
    vlm: z.string(),
  })
  .readonly();

/** What is measured: an engine, how it is asked, and what reads the request before. */
export type System = z.infer<typeof systemSchema>;

/** The name of its folder: `local-casual-rules`. */
export function systemName({ engine, wording, vlm }: System): string {
  return [engine, wording, vlm].join('-').replaceAll(/[^A-Za-z0-9.-]+/g, '-');
}
