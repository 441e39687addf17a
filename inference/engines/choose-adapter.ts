import { InferenceError } from '../errors.ts';
import type { ModelFolder } from '../model-folder/open-model-folder.ts';
import type { ImageRequest } from './image-request.ts';

export interface AdapterChoice {
  /** Null: none. */
  readonly adapter: string | null;
  readonly warnings: readonly string[];
}

/** The adapter of a request: `edit` for an edit with a reference beyond its base, `generate` for a generation with one,
 * otherwise none. A model without that adapter works without it and says so.
 * @throws {InferenceError} INPUT_INVALID when the request names an adapter of its own that the model lacks. */
export function chooseAdapter(
  { adapters }: Pick<ModelFolder, 'adapters'>,
  request: Pick<ImageRequest, 'mode' | 'images' | 'adapter'>,
): AdapterChoice {
  const wanted = request.adapter ?? adapterByRule(request);
  if (wanted === 'none') return { adapter: null, warnings: [] };
  const names = adapters.map(({ name }) => name);
  if (names.includes(wanted)) return { adapter: wanted, warnings: [] };
  if (wanted === 'edit' || wanted === 'generate') {
    return {
      adapter: null,
      warnings: [`This model has no adapter "${wanted}": references may be ignored.`],
    };
  }
  throw new InferenceError(
    'INPUT_INVALID',
    `The model has no adapter "${wanted}"; it has: ${['none', ...names].join(', ')}.`,
    { adapter: wanted },
  );
}

function adapterByRule({ mode, images }: Pick<ImageRequest, 'mode' | 'images'>): string {
  const references = mode === 'edit' ? images.length - 1 : images.length;
  return references > 0 ? mode : 'none';
}
