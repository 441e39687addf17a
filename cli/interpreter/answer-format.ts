import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { AppError } from '../../core/errors.ts';

// Only a name: a downloaded model may not choose any other file.
const schema = z.object({
  template: z.string().regex(/^[a-z0-9-]+\.v\d+$/, 'must be the name of a file in prompts/interpret, as chat.v1'),
  maxNewTokens: z.int().min(1).max(4096),
});

/** How a language model's folder wants to be asked so that it answers with an interpretation. */
export type AnswerFormat = Readonly<z.infer<typeof schema>>;

/** Read the folder's `easel.json`. @returns undefined where there is none: then it speaks DreamOmni2's tags.
 * @throws AppError CONFIG_INVALID naming the file and what is wrong with it. */
export function readAnswerFormat(folder: string): AnswerFormat | undefined {
  const file = join(folder, 'easel.json');
  if (!existsSync(file)) return undefined;
  const parsed = schema.safeParse(parseJson(readFileSync(file, 'utf8')));
  if (parsed.success) return parsed.data;
  throw new AppError('CONFIG_INVALID', {
    problems: `${file}: ${z.prettifyError(parsed.error).replaceAll('\n', ' ')}`,
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
