import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { readModelJson } from '../model-folder/read-json.ts';

/** How a folder wants its model to write, where a request does not say. */
export interface GenerationDefaults {
  /** Any of these ends the answer. */
  readonly stopIds: readonly number[];
  /** 1: none. */
  readonly repetitionPenalty: number;
}

const tokenId = z.int().nonnegative();

const schema = z.looseObject({
  eos_token_id: z.union([tokenId, z.array(tokenId)]).nullish(),
  repetition_penalty: z.number().positive().nullish(),
});

/** Read `generation_config.json`. Sampling settings are left aside: the likeliest token is always taken.
 * @param configuredStopIds what `config.json` says, for folders without.
 * @throws {InferenceError} MODEL_INVALID. */
export function readGenerationDefaults(folder: string, configuredStopIds: readonly number[]): GenerationDefaults {
  const file = join(folder, 'generation_config.json');
  const config = existsSync(file) ? readModelJson(file, 'how the model generates', schema) : {};
  const own = config.eos_token_id;
  return {
    stopIds: own === null || own === undefined ? configuredStopIds : [own].flat(),
    repetitionPenalty: config.repetition_penalty ?? 1,
  };
}
