import { z } from 'zod';

/** A special token in `tokenizer_config.json`: its text, or an object that holds it. */
export const tokenSchema = z.union([z.string(), z.looseObject({ content: z.string() })]);

export function tokenContent(token: z.infer<typeof tokenSchema>): string {
  return typeof token === 'string' ? token : token.content;
}
