import { z } from 'zod';
import { InferenceError } from '../errors.ts';
import type { Engine } from './engine.ts';
import { createLocalEngine, type LocalEngineOptions } from './local.ts';
import { comfyUiSchema, createComfyUiEngine } from './remote/comfyui.ts';
import { createGeminiEngine, geminiSchema } from './remote/gemini.ts';
import { createOpenAiImagesEngine, openAiImagesSchema } from './remote/openai-images.ts';

/** What a remote engine is made from; parsed by `createEngine`, with defaults for what is absent. */
export const remoteEngineSchema = z.discriminatedUnion('kind', [openAiImagesSchema, geminiSchema, comfyUiSchema]);
export type RemoteEngineOptions = z.input<typeof remoteEngineSchema>;

export type EngineOptions = ({ readonly kind: 'local' } & LocalEngineOptions) | RemoteEngineOptions;

/** Any engine from its options; nothing is asked or opened yet.
 * @throws {InferenceError} MODEL_MISSING, MODEL_INVALID (local), ENGINE_MISCONFIGURED (remote) */
export function createEngine(options: EngineOptions): Engine {
  if (options.kind === 'local') return createLocalEngine(options);
  const parsed = remoteEngineSchema.safeParse(options);
  if (!parsed.success) {
    const problems = z.prettifyError(parsed.error).replaceAll('\n', ' ');
    throw new InferenceError('ENGINE_MISCONFIGURED', `The engine ${options.id} cannot be used: ${problems}`, {
      engine: options.id,
    });
  }
  return createRemoteEngine(parsed.data);
}

function createRemoteEngine(options: z.output<typeof remoteEngineSchema>): Engine {
  switch (options.kind) {
    case 'openai-images':
      return createOpenAiImagesEngine(options);
    case 'gemini':
      return createGeminiEngine(options);
    case 'comfyui':
      return createComfyUiEngine(options);
  }
}
