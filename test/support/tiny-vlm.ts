import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { type Float32Tensor, readSafetensors } from '../../inference/onnx/safetensors.ts';
import { chatMessageSchema } from '../../inference/vlm/messages.ts';
import { copyModel, type ModelCopy } from './copy-model.ts';

/** Random vision language models: `flat` in the layout of the released checkpoints (bfloat16 shards, an output layer of
 * its own), `nested` as transformers 5 writes it (float16 and float32, tied embeddings). */
export type TinyVlmName = 'flat' | 'nested';

const GOLDENS = fileURLToPath(new URL('../parity/goldens/vlm/', import.meta.url));

const caseSchema = z.object({
  images: z.array(z.string()),
  messages: z.array(chatMessageSchema),
  repetitionPenalty: z.number().nullable(),
  prompt: z.string(),
  inputIds: z.array(z.number()),
  grids: z.array(z.tuple([z.number(), z.number()])),
  positions: z.array(z.array(z.number())),
  newIds: z.array(z.number()),
  text: z.string(),
});

/** What transformers makes of one conversation. */
export type VlmGolden = z.infer<typeof caseSchema> & {
  /** `logits` [steps, vocabulary] and, with pictures, `image_embeddings` [cells, width]. */
  readonly tensors: ReadonlyMap<string, Float32Tensor>;
};

export const VLM_CASES: readonly (readonly [TinyVlmName, string])[] = [
  ['flat', 'one'],
  ['flat', 'two'],
  ['flat', 'four'],
  ['nested', 'none'],
  ['nested', 'one'],
  ['nested', 'three'],
  ['nested', 'four'],
];

/** The folder of a random model; not to be changed. */
export function tinyVlm(name: TinyVlmName): string {
  return join(GOLDENS, 'models', name);
}

export function vlmGolden(model: TinyVlmName, name: string): VlmGolden {
  const file = join(GOLDENS, 'cases', model, name);
  const golden = caseSchema.parse(JSON.parse(readFileSync(`${file}.json`, 'utf8')));
  return { ...golden, tensors: readSafetensors(`${file}.safetensors`).tensors };
}

/** A file of the goldens: `images/cup.png`. */
export function vlmFile(path: string): string {
  return join(GOLDENS, path);
}

export function vlmImage(name: string): Uint8Array {
  return readFileSync(join(GOLDENS, 'images', name));
}

/** A copy that a test may damage. */
export function copyTinyVlm(name: TinyVlmName): ModelCopy {
  return copyModel(tinyVlm(name));
}
