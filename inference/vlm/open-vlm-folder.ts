import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { InferenceError, toWire } from '../errors.ts';
import { type QwenVlConfig, readQwenVlConfig } from '../models/qwen-vl-config.ts';
import { buildQwenDecoder } from '../models/qwen-vl-decoder.ts';
import { buildQwenVision } from '../models/qwen-vl-vision.ts';
import { type ChatTemplate, openChatTemplate } from './chat-template.ts';
import { openChatTokenizer } from './chat-tokenizer.ts';
import { type GenerationDefaults, readGenerationDefaults } from './generation-defaults.ts';
import { type ImageProcessorSettings, readImageProcessor } from './image-processor.ts';

/** Everything a Qwen2.5-VL folder declares, checked; weights and vocabulary are not opened. */
export interface VlmFolder {
  readonly folder: string;
  readonly config: QwenVlConfig;
  readonly imageProcessor: ImageProcessorSettings;
  readonly template: ChatTemplate;
  readonly defaults: GenerationDefaults;
}

/** Read the small files of a folder as Hugging Face lays it out.
 * @throws {InferenceError} MODEL_MISSING or MODEL_INVALID, naming the file and what was expected of it. */
export function openVlmFolder(path: string): VlmFolder {
  const folder = resolve(path);
  if (!existsSync(folder)) {
    throw new InferenceError('MODEL_MISSING', `${folder} is missing: expected the folder of a language model.`, {
      file: folder,
    });
  }
  const config = readQwenVlConfig(folder);
  const imageProcessor = readImageProcessor(folder);
  requireSamePatches(folder, config, imageProcessor);
  return {
    folder,
    config,
    imageProcessor,
    template: openChatTemplate(folder),
    defaults: readGenerationDefaults(folder, config.stopIds),
  };
}

/** Everything that keeps a folder from being used: every config, every tensor that the networks need, the tokenizer.
 * Headers of the weight files are read, their values are not. */
export function checkVlmFolder(folder: string): readonly { readonly code: string; readonly message: string }[] {
  const checks = [
    () => openVlmFolder(folder),
    () => openChatTokenizer(folder),
    () => buildQwenVision({ modelFolder: folder }),
    () => buildQwenDecoder({ modelFolder: folder }),
  ];
  const findings = checks.flatMap((check) => {
    try {
      check();
      return [];
    } catch (error) {
      const { code, message } = toWire(error);
      return [{ code, message }];
    }
  });
  // A config that cannot be read stops more than one check.
  return findings.filter(({ message }, index) => findings.findIndex((other) => other.message === message) === index);
}

function requireSamePatches(folder: string, { vision }: QwenVlConfig, processor: ImageProcessorSettings): void {
  for (const name of ['patchSize', 'temporalPatchSize', 'mergeSize'] as const) {
    if (vision[name] === processor[name]) continue;
    throw new InferenceError(
      'MODEL_INVALID',
      `${folder}: pictures are prepared with a ${name} of ${processor[name]}, config.json expects ${vision[name]}.`,
      { file: folder },
    );
  }
}
