import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { toWire } from '../errors.ts';
import { readLora } from '../lora/read-lora.ts';
import { buildVaeDecoder, buildVaeEncoder } from '../models/autoencoder-kl.ts';
import { buildClipText } from '../models/clip-text.ts';
import { buildFluxTransformer } from '../models/flux-transformer.ts';
import { buildT5Encoder } from '../models/t5-encoder.ts';
import { openWeights } from '../onnx/safetensors.ts';
import { openClipTokenizer } from '../tokenizers/clip.ts';
import { openT5Tokenizer } from '../tokenizers/t5.ts';
import { checkVlmFolder } from '../vlm/open-vlm-folder.ts';
import { manifestSchema, readManifest } from './manifest.ts';
import { type ModelFolder, openModelFolder } from './open-model-folder.ts';
import { readModelJson } from './read-json.ts';

/** One thing about a model folder that a person should know. */
export interface ModelFinding {
  /** `error`: the model cannot be used. `warning`: it can, with less than it promises. */
  readonly severity: 'error' | 'warning';
  readonly code: string;
  readonly message: string;
}

/** Check a model folder completely: every config, every tensor that the networks need, tokenizers and LoRAs.
 * All findings are returned, not only the first; none means that the folder can be used.
 * Headers of the weight files are read, their values are not. */
export function checkModelFolder(path: string): readonly ModelFinding[] {
  const opened = attempt(() => openModelFolder(path));
  const rest = opened.value === undefined ? [] : checkContent(opened.value);
  return [...opened.findings, ...rest];
}

function checkContent(model: ModelFolder): readonly ModelFinding[] {
  const modelFolder = model.folder;
  const clip = attempt(() => buildClipText({ modelFolder }));
  return [
    ...attempt(() => buildFluxTransformer({ modelFolder })).findings,
    ...attempt(() => buildVaeEncoder({ modelFolder })).findings,
    ...attempt(() => buildVaeDecoder({ modelFolder })).findings,
    ...clip.findings,
    ...attempt(() => buildT5Encoder({ modelFolder })).findings,
    ...attempt(() => openClipTokenizer(join(modelFolder, 'tokenizer'), clip.value?.maxTokens ?? 77)).findings,
    ...attempt(() => openT5Tokenizer(join(modelFolder, 'tokenizer_2'), model.maxTextTokens)).findings,
    ...model.adapters.flatMap((adapter) => checkAdapter(model, adapter.name, adapter.path)),
    ...missingAdapters(model),
    ...languageModelFindings(model),
    ...manifestFindings(model),
  ];
}

function checkAdapter(model: ModelFolder, name: string, path: string): readonly ModelFinding[] {
  const read = attempt(() => readLora({ name, path, base: openWeights(join(model.folder, 'transformer')) }));
  const warnings = read.value?.warnings ?? [];
  return [...read.findings, ...warnings.map((message) => warning('LORA_PARTIAL', message))];
}

function missingAdapters(model: ModelFolder): readonly ModelFinding[] {
  const names = new Set(model.adapters.map(({ name }) => name));
  return ['edit', 'generate']
    .filter((name) => !names.has(name))
    .map((name) =>
      warning('ADAPTER_MISSING', `${model.folder} has no adapter "${name}": such requests run without one.`),
    );
}

/** Pictures can be made without the language model. */
function languageModelFindings({ vlm }: ModelFolder): readonly ModelFinding[] {
  return vlm === null ? [] : checkVlmFolder(vlm).map(({ code, message }) => warning(code, message));
}

/** What easel.json says without consequence for rendering: keys nobody reads, folders that are not there. */
function manifestFindings(model: ModelFolder): readonly ModelFinding[] {
  const file = join(model.folder, 'easel.json');
  if (!existsSync(file)) return [];
  const keys = Object.keys(readModelJson(file, "Easel's description of a model", z.looseObject({})));
  const { vlm, samples } = readManifest(model.folder);
  const unknown = keys.filter((key) => !(key in manifestSchema.shape));
  const absent = [vlm, samples].filter((name) => name !== undefined && !existsSync(join(model.folder, name)));
  return [
    ...unknown.map((key) => warning('MANIFEST_KEY_UNKNOWN', `${file}: the key "${key}" is not known.`)),
    ...absent.map((name) => warning('FOLDER_MISSING', `${file} names "${name}", which is missing.`)),
  ];
}

function warning(code: string, message: string): ModelFinding {
  return { severity: 'warning', code, message };
}

interface Attempt<T> {
  readonly value: T | undefined;
  readonly findings: readonly ModelFinding[];
}

function attempt<T>(action: () => T): Attempt<T> {
  try {
    return { value: action(), findings: [] };
  } catch (error) {
    const { code, message } = toWire(error);
    return { value: undefined, findings: [{ severity: 'error', code, message }] };
  }
}
