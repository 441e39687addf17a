import type { EngineDescription } from '../engine.ts';
import type { ImageRequest } from '../image-request.ts';

/** Sentences for what was asked and cannot be had here. */
export function unmetWishes(description: EngineDescription, request: ImageRequest): readonly string[] {
  return [
    ...(description.seed ? [] : ['This engine draws its own noise: the same request gives another picture each time.']),
    ...(description.defaultSteps === null && request.steps !== undefined
      ? ['This engine has no number of steps to choose.']
      : []),
  ];
}
