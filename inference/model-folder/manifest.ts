import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { readModelJson } from './read-json.ts';

const sideSchema = z.number().int().min(1).max(8192);
const folderNameSchema = z
  .string()
  .regex(/^[^/\\]+(\/[^/\\]+)*$/, 'must be a path inside the model folder')
  .refine((path) => !path.split('/').includes('..'), 'must not leave the model folder');

/** `easel.json`: what a model folder says about itself beyond the files of diffusers. Every key may be missing. */
export const manifestSchema = z
  .object({
    name: z.string().min(1).max(80).describe('Name shown to people; the model id is made from it.'),
    version: z.string().min(1).describe('Version of the weights.'),
    family: z.literal('flux-kontext').describe('Kind of model.'),
    licence: z.string().min(1).describe('Licence of the weights.'),
    attribution: z.array(z.string()).describe('Works that the weights were made from.'),
    maxImages: z.number().int().min(1).max(16).describe('Most images of one request, the base counted.'),
    trainedImages: z
      .number()
      .int()
      .min(1)
      .max(16)
      .describe('Most images the model was trained on; more gives a warning.'),
    maxTextTokens: z.number().int().min(8).max(512).describe('T5 tokens that the transformer reads.'),
    steps: z.number().int().min(1).max(200).describe('Denoising steps when a request names none.'),
    guidance: z.number().min(0).max(30).describe('Guidance that the transformer is told.'),
    trueCfgScale: z.number().min(1).max(20).describe('Classifier-free guidance with a second pass; 1 is off.'),
    size: z
      .strictObject({
        multiple: z.number().int().min(1).describe('Both sides of a picture are multiples of it, in pixels.'),
        rule: z
          .enum(['native', 'kontext'])
          .describe('native: listed sizes, scaled and padded; kontext: about 1 megapixel.'),
        native: z
          .array(z.tuple([sideSchema, sideSchema]))
          .min(1)
          .describe('Sizes as [width, height], the default first.'),
      })
      .partial()
      .refine((size) => size.rule !== 'native' || size.native !== undefined, 'rule "native" needs a list "native"')
      .describe('Sizes the model works at.'),
    adapters: z
      .record(z.string().regex(/^[a-z0-9][a-z0-9-]*$/), folderNameSchema)
      .refine((adapters) => !('none' in adapters), '"none" means no adapter and cannot name one')
      .describe('Folders of LoRAs by adapter name.'),
    vlm: folderNameSchema.describe('Folder of the vision-language model.'),
    samples: folderNameSchema.describe('Folder of pictures to start with.'),
  })
  .partial();

export type Manifest = z.infer<typeof manifestSchema>;

/** The `easel.json` of a model folder, or an empty one where there is none.
 * @throws {InferenceError} MODEL_INVALID. */
export function readManifest(folder: string): Manifest {
  const file = join(folder, 'easel.json');
  return existsSync(file) ? readModelJson(file, "Easel's description of a model", manifestSchema) : {};
}
