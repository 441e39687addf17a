import { join, resolve } from 'node:path';
import type { Config } from '../../core/config.ts';
import type { EngineKind } from '../../core/environment.ts';
import { AppError } from '../../core/errors.ts';
import type { Price } from '../../core/money.ts';
import { Secret } from '../../core/secret.ts';
import { type EngineOptions, type KnownModel, knownModel, type RemoteEngineOptions } from '../../inference/index.ts';
import { locateModel, PACKAGE_FOLDER } from '../files.ts';
import { type FileEngine, readJson } from './engines-file.ts';

/** What an engine is made from, and what it costs where that is known. */
export interface EnginePlan {
  readonly kind: EngineKind;
  readonly options: EngineOptions;
  readonly price?: Price;
}

const OPENAI = 'https://api.openai.com/v1';
const GEMINI = 'https://generativelanguage.googleapis.com/v1beta';
/** What a server of one's own is thought to take unless the engines file says more: FLUX.2 klein takes as many. */
const OWN_SERVER_IMAGES = 4;
const DEFAULT_TEMPLATES = { 'openai-images': 'openai-images.v1', gemini: 'gemini.v1', comfyui: 'plain.v1' } as const;

/** The engine of a kind as the environment describes it. @throws AppError CONFIG_INVALID */
export function planOf(kind: EngineKind, config: Config): EnginePlan {
  const { openai, gemini, comfyui, allowPrivate } = config.engine;
  switch (kind) {
    case 'local':
      return { kind, options: { kind, modelFolder: locateModel(config.model), device: config.device } };
    case 'openai-images': {
      const known = openai.baseUrl === undefined ? knownModel(kind, openai.model) : undefined;
      const template = readTemplate(openai.baseUrl === undefined ? DEFAULT_TEMPLATES[kind] : 'plain.v1');
      const options = {
        kind,
        id: kind,
        baseUrl: openai.baseUrl ?? OPENAI,
        model: openai.model,
        maxImages: OWN_SERVER_IMAGES,
        size: { rule: 'free' },
        ...traitsOf(known),
        allowPrivate,
        template,
        ...(openai.apiKey === undefined ? {} : { apiKey: openai.apiKey }),
      } as const;
      return priced({ kind, options }, known);
    }
    case 'gemini': {
      const known = knownModel(kind, gemini.model);
      const options = {
        kind,
        id: kind,
        baseUrl: gemini.baseUrl ?? GEMINI,
        model: gemini.model,
        maxImages: OWN_SERVER_IMAGES,
        ...traitsOf(known),
        allowPrivate,
        template: readTemplate(DEFAULT_TEMPLATES[kind]),
        ...(gemini.apiKey === undefined ? {} : { apiKey: gemini.apiKey }),
      } as const;
      return priced({ kind, options }, gemini.baseUrl === undefined ? known : undefined);
    }
    case 'comfyui': {
      const options = {
        kind,
        id: kind,
        baseUrl: comfyui.url ?? '',
        workflows: comfyui.workflows.map((file) => readJson(file, 'COMFYUI_WORKFLOW')),
        allowPrivate,
        template: readTemplate(DEFAULT_TEMPLATES[kind]),
      } as const;
      return { kind, options };
    }
  }
}

/** An engine of the engines file. @throws AppError CONFIG_INVALID */
export function planOfFileEngine(
  entry: FileEngine,
  folder: string,
  env: Readonly<Record<string, string | undefined>>,
): EnginePlan {
  const { apiKeyVariable, apiKey: _never, template, workflows, price, ...rest } = entry;
  const { kind, id } = entry;
  const model = typeof rest['model'] === 'string' ? rest['model'] : '';
  const isTheirs = rest['baseUrl'] === undefined && kind !== 'comfyui';
  const known = isTheirs ? knownModel(kind, model) : undefined;
  const key = apiKeyVariable === undefined ? undefined : env[apiKeyVariable];
  if (apiKeyVariable !== undefined && (key === undefined || key === '')) {
    throw new AppError('CONFIG_INVALID', { problems: `${apiKeyVariable}: needed for the engine ${id}` });
  }
  const options = {
    ...(isTheirs ? { baseUrl: kind === 'gemini' ? GEMINI : OPENAI } : {}),
    ...(kind === 'comfyui' ? {} : { maxImages: OWN_SERVER_IMAGES }),
    ...(kind === 'openai-images' ? { size: { rule: 'free' } } : {}),
    ...traitsOf(known),
    ...rest,
    template: templateOf(template ?? (isTheirs ? DEFAULT_TEMPLATES[kind] : 'plain.v1'), folder),
    ...(workflows === undefined ? {} : { workflows: workflows.map((file) => readJson(resolve(folder, file), id)) }),
    ...(key === undefined ? {} : { apiKey: new Secret(key) }),
  };
  // What people wrote is checked by the engine itself, when it is made.
  const plan: EnginePlan = { kind, options: options as unknown as RemoteEngineOptions };
  return price === undefined ? priced(plan, known) : { ...plan, price };
}

function traitsOf(known: KnownModel | undefined) {
  if (known === undefined) return {};
  const { maxImages, licence, size, extra } = known;
  return { maxImages, licence, ...(size === undefined ? {} : { size }), ...(extra === undefined ? {} : { extra }) };
}

function priced(plan: EnginePlan, known: KnownModel | undefined): EnginePlan {
  if (known === undefined) return plan;
  const { currency, perImage, perInput } = known.price;
  return { ...plan, price: { currency, perImage, perInput } };
}

function templateOf(name: string, folder: string): RemoteEngineOptions['template'] {
  return name.startsWith('./') ? (readJson(resolve(folder, name), 'template') as never) : readTemplate(name);
}

/** A template of `prompts/engines`, by its name with its version; the engine checks it. @throws AppError CONFIG_INVALID */
function readTemplate(name: string): RemoteEngineOptions['template'] {
  return readJson(join(PACKAGE_FOLDER, 'prompts/engines', `${name}.json`), 'template') as never;
}
