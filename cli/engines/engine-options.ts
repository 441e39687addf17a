import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../../core/config.ts';
import type { EngineKind } from '../../core/environment.ts';
import { AppError } from '../../core/errors.ts';
import { type EngineOptions, knownModel } from '../../inference/index.ts';
import { locateModel, PACKAGE_FOLDER } from '../files.ts';

const OPENAI = 'https://api.openai.com/v1';
/** What a server of one's own is thought to take, unless the engines file says more: FLUX.2 klein takes as many. */
const OWN_SERVER_IMAGES = 4;

/** The engine of a kind as the environment describes it. @throws AppError CONFIG_INVALID */
export function optionsOf(kind: EngineKind, config: Config): EngineOptions {
  const { openai, gemini, comfyui, allowPrivate } = config.engine;
  switch (kind) {
    case 'local':
      return { kind, modelFolder: locateModel(config.model) };
    case 'openai-images': {
      const known = openai.baseUrl === undefined ? knownModel(kind, openai.model) : undefined;
      return {
        kind,
        id: kind,
        baseUrl: openai.baseUrl ?? OPENAI,
        model: openai.model,
        maxImages: OWN_SERVER_IMAGES,
        size: { rule: 'free' },
        allowPrivate,
        ...(known === undefined ? {} : withoutPrice(known)),
        ...(openai.apiKey === undefined ? {} : { apiKey: openai.apiKey }),
        template: readTemplate(openai.baseUrl === undefined ? 'openai-images.v1' : 'plain.v1'),
      };
    }
    case 'gemini':
    case 'comfyui':
      throw new AppError('CONFIG_INVALID', { problems: `EASEL_ENGINE: ${gemini.model}${comfyui.url}` });
  }
}

function withoutPrice({ maxImages, licence, size, extra }: NonNullable<ReturnType<typeof knownModel>>) {
  return { maxImages, licence, ...(size === undefined ? {} : { size }), ...(extra === undefined ? {} : { extra }) };
}

/** A template of `prompts/engines/`, by its name with its version. @throws AppError CONFIG_INVALID */
export function readTemplate(name: string) {
  const file = join(PACKAGE_FOLDER, 'prompts/engines', `${name}.json`);
  return JSON.parse(readFileSync(file, 'utf8'));
}
