import type { Config } from '../../core/config.ts';
import { AppError } from '../../core/errors.ts';
import { openModelFolder } from '../../inference/index.ts';
import { findProvider, isInstalled, PROVIDER_NAMES, type Provider } from '../../prompts/chat-models/providers.ts';
import { locateModel } from '../files.ts';

/** What EASEL_VLM says, checked. */
export type VlmPlan =
  | { readonly kind: 'rules' }
  | { readonly kind: 'local'; readonly folder: string }
  | { readonly kind: 'chat'; readonly provider: Provider; readonly model: string; readonly apiKey: string | undefined };

/** @throws AppError CONFIG_INVALID: an unknown provider, a missing key or package, a model folder without `vlm/`. */
export function planVlm(config: Config): VlmPlan {
  const { vlm } = config;
  if (vlm === 'rules') return { kind: 'rules' };
  if (vlm === 'local') return planLocal(config);
  const separator = vlm.indexOf(':');
  const name = vlm.slice(0, separator);
  const provider = findProvider(name);
  if (provider === undefined)
    throw invalid(`EASEL_VLM: there is no provider ${name}. There are: ${PROVIDER_NAMES.join(', ')}`);
  if (!isInstalled(provider)) {
    throw invalid(`EASEL_VLM: ${name} needs a package: \`npm install ${provider.package}\``);
  }
  const { baseUrl } = config.chatModel;
  if (baseUrl !== undefined && provider.addressed === 'never')
    throw invalid(`EASEL_VLM_BASE_URL: ${name} has no other server; use openai:… for one that speaks OpenAI's API`);
  const apiKey = keyOf(provider, config);
  if (provider.needsKey && apiKey === undefined && baseUrl === undefined)
    throw invalid(`${keyVariable(provider)}: needed for EASEL_VLM=${name}:…`);
  return { kind: 'chat', provider, model: vlm.slice(separator + 1), apiKey };
}

function planLocal({ model }: Config): VlmPlan {
  const folder = locateModel(model);
  const { vlm } = openModelFolder(folder);
  if (vlm === null) {
    throw invalid(`EASEL_VLM: ${folder} has no folder vlm/ with a language model; set \`rules\` or provider:model`);
  }
  return { kind: 'local', folder: vlm };
}

/** A key is for the server it was made for: another address gets EASEL_VLM_API_KEY or none. */
function keyOf({ key }: Provider, { chatModel, engine }: Config): string | undefined {
  if (chatModel.apiKey !== undefined) return chatModel.apiKey.reveal();
  if (chatModel.baseUrl !== undefined || key === undefined) return undefined;
  switch (key) {
    case 'openai':
      return isAt('api.openai.com', engine.openai.baseUrl) ? engine.openai.apiKey?.reveal() : undefined;
    case 'gemini':
      return isAt('generativelanguage.googleapis.com', engine.gemini.baseUrl)
        ? engine.gemini.apiKey?.reveal()
        : undefined;
    case 'anthropic':
      return chatModel.anthropicKey?.reveal();
  }
}

function isAt(host: string, url: string | undefined): boolean {
  return url === undefined || new URL(url).hostname === host;
}

function keyVariable({ key }: Provider): string {
  const own = { openai: 'OPENAI_API_KEY', gemini: 'GEMINI_API_KEY', anthropic: 'ANTHROPIC_API_KEY' };
  return key === undefined ? 'EASEL_VLM_API_KEY' : `EASEL_VLM_API_KEY or ${own[key]}`;
}

function invalid(problems: string): AppError<'CONFIG_INVALID'> {
  return new AppError('CONFIG_INVALID', { problems });
}
