import { z } from 'zod';

/** Why a request is refused: sexual and about minors, or a sexual picture of a real person; `other` is a model's own reason. */
export const policyCategorySchema = z.enum(['minors', 'real-people', 'other']);
export type PolicyCategory = z.infer<typeof policyCategorySchema>;

/** What whoever read a request says about it. The rules judge every text beside it; a refusal by either wins. */
export const policyVerdictSchema = z.discriminatedUnion('verdict', [
  z.object({ verdict: z.literal('ok') }).readonly(),
  z.object({ verdict: z.literal('refuse'), category: policyCategorySchema }).readonly(),
]);
export type PolicyVerdict = z.infer<typeof policyVerdictSchema>;
