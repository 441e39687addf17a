import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { z } from 'zod';
import { InferenceError } from '../errors.ts';
import type { SizeRule } from '../image/size-rule.ts';
import { autoencoderGeometry } from '../models/autoencoder-kl.ts';
import { readConfig } from '../models/read-config.ts';
import { PATCH } from '../runtime/packing.ts';
import { type SchedulerConfig, schedulerConfigSchema } from '../schedulers/flow-match-euler.ts';
import { type Manifest, readManifest } from './manifest.ts';
import { readModelJson } from './read-json.ts';

/** A LoRA of a model folder. */
interface AdapterSource {
  readonly name: string;
  /** Absolute path of the folder that holds `pytorch_lora_weights.safetensors`. */
  readonly path: string;
}

/** Everything a model folder declares, checked; the weights themselves are not opened. */
export interface ModelFolder {
  readonly folder: string;
  /** Slug of the name: [a-z0-9-]. */
  readonly id: string;
  readonly name: string;
  readonly version: string;
  /** Null when the folder does not say. */
  readonly licence: string | null;
  readonly attribution: readonly string[];
  readonly maxImages: number;
  readonly trainedImages: number;
  readonly maxTextTokens: number;
  readonly steps: number;
  readonly guidance: number;
  readonly trueCfgScale: number;
  readonly size: SizeRule;
  readonly adapters: readonly AdapterSource[];
  readonly scheduler: SchedulerConfig;
  /** Whether the transformer reads `guidance`; if not, it is ignored. */
  readonly isGuidanceDistilled: boolean;
  /** Absolute paths; null when the folder has none. */
  readonly vlm: string | null;
  readonly samples: string | null;
}

/** Values of the released DreamOmni2 pipeline, for folders without `easel.json`. */
const DEFAULTS = {
  maxImages: 5,
  maxTextTokens: 512,
  steps: 30,
  guidance: 3.5,
  trueCfgScale: 1,
};

/** Where a LoRA lies when `easel.json` does not say. */
const DEFAULT_ADAPTERS: Readonly<Record<string, string>> = { edit: 'edit_lora', generate: 'gen_lora' };

const component = (className: string) => z.tuple([z.string(), z.literal(className)]);

const modelIndexSchema = z.looseObject({
  transformer: component('FluxTransformer2DModel'),
  vae: component('AutoencoderKL'),
  scheduler: component('FlowMatchEulerDiscreteScheduler'),
  text_encoder: component('CLIPTextModel'),
  text_encoder_2: component('T5EncoderModel'),
});

const transformerConfigSchema = z.looseObject({ guidance_embeds: z.boolean().default(false) });

/** Read what a Hugging Face (diffusers) folder declares.
 * @throws {InferenceError} MODEL_MISSING or MODEL_INVALID, naming the file and what was expected of it. */
export function openModelFolder(path: string): ModelFolder {
  const folder = resolve(path);
  if (!existsSync(folder)) {
    throw new InferenceError('MODEL_MISSING', `${folder} is missing: expected a model folder.`, {
      file: folder,
    });
  }
  readModelJson(join(folder, 'model_index.json'), 'the components of a FLUX-Kontext pipeline', modelIndexSchema);
  const manifest = readManifest(folder);
  const name = manifest.name ?? basename(folder);
  const maxImages = manifest.maxImages ?? DEFAULTS.maxImages;
  return {
    folder,
    id: slug(name),
    name,
    version: manifest.version ?? '0',
    licence: manifest.licence ?? null,
    attribution: manifest.attribution ?? [],
    maxImages,
    trainedImages: Math.min(manifest.trainedImages ?? maxImages, maxImages),
    maxTextTokens: manifest.maxTextTokens ?? DEFAULTS.maxTextTokens,
    steps: manifest.steps ?? DEFAULTS.steps,
    guidance: manifest.guidance ?? DEFAULTS.guidance,
    trueCfgScale: manifest.trueCfgScale ?? DEFAULTS.trueCfgScale,
    size: sizeRule(folder, manifest),
    adapters: findAdapters(folder, manifest),
    scheduler: readModelJson(
      join(folder, 'scheduler', 'scheduler_config.json'),
      'the settings of a flow-match Euler scheduler',
      schedulerConfigSchema,
    ),
    isGuidanceDistilled: readConfig(folder, 'transformer', transformerConfigSchema).guidance_embeds,
    vlm: existingPath(join(folder, manifest.vlm ?? 'vlm')),
    samples: existingPath(join(folder, manifest.samples ?? 'samples')),
  };
}

function sizeRule(folder: string, { size }: Manifest): SizeRule {
  const { downscale } = autoencoderGeometry({ modelFolder: folder });
  const least = PATCH * downscale;
  const multiple = size?.multiple ?? least;
  const native = size?.native?.map(([width, height]) => ({ width, height })) ?? [];
  const badSide = [multiple, ...native.flatMap(({ width, height }) => [width, height])].find(
    (side, index) => side % (index === 0 ? least : multiple) !== 0,
  );
  if (badSide !== undefined) {
    const file = join(folder, 'easel.json');
    throw new InferenceError(
      'MODEL_INVALID',
      `${file}: ${badSide} pixels do not fit; "multiple" must be a multiple of ${least} (the latent patch) and native sides of "multiple".`,
      { file },
    );
  }
  const rule = size?.rule ?? (native.length > 0 ? 'native' : 'kontext');
  return rule === 'native' ? { rule, multiple, native } : { rule, multiple };
}

function findAdapters(folder: string, manifest: Manifest): readonly AdapterSource[] {
  return Object.entries(manifest.adapters ?? DEFAULT_ADAPTERS).flatMap(([name, directory]) => {
    const path = join(folder, directory);
    if (existsSync(path)) return [{ name, path }];
    if (manifest.adapters === undefined) return [];
    throw new InferenceError(
      'MODEL_MISSING',
      `${path} is missing: expected the adapter "${name}" that easel.json names.`,
      { file: path },
    );
  });
}

function existingPath(path: string): string | null {
  return existsSync(path) ? path : null;
}

function slug(name: string): string {
  const slugged = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '');
  return slugged === '' ? 'model' : slugged;
}
