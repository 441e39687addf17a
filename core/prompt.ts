import type { Interpretation, RenderMode } from './domain.ts';
import { toModelPositions } from './mentions.ts';

/** People's numbers in the order the model gets them: the base first, then the references. */
export function inputsOf({ base, references }: Pick<Interpretation, 'base' | 'references'>): readonly number[] {
  return base === null ? references : [base, ...references];
}

/** A reading in the model's positions: what an engine's own sentences are made of. */
export type PromptReading = Pick<Interpretation, 'instruction' | 'description' | 'keep'>;

/** Instruction, description and what to keep, with mentions as positions in `inputsOf`, from 1. */
export function promptReading(
  reading: Pick<Interpretation, 'base' | 'references' | 'instruction' | 'description' | 'keep'>,
): PromptReading {
  const inputs = inputsOf(reading);
  return {
    instruction: toModelPositions(reading.instruction, inputs).trim(),
    description: toModelPositions(reading.description, inputs).trim(),
    keep: reading.keep.map((each) => toModelPositions(each, inputs).trim()),
  };
}

/** The adapter for a reading: none unless there is a reference beyond the image being edited. */
export function adapterOf(
  { references }: Pick<Interpretation, 'references'>,
  mode: RenderMode,
): 'edit' | 'generate' | 'none' {
  return references.length === 0 ? 'none' : mode;
}

/**
 * What the transformer reads. Edit: `{instruction} {description}`; generation: `{description}`; where the description is
 * empty, the instruction alone. Mentions are positions in `inputsOf`, from 1.
 */
export function composePrompt(
  reading: Pick<Interpretation, 'base' | 'references' | 'instruction' | 'description'>,
  mode: RenderMode,
): string {
  const { instruction, description } = promptReading({ ...reading, keep: [] });
  if (description === '') return instruction;
  return mode === 'edit' ? `${instruction} ${description}` : description;
}
