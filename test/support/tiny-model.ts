import { fileURLToPath } from 'node:url';
import { copyModel, type ModelCopy } from './copy-model.ts';

/** Random models of three shapes: small and wide have native sizes, medium has space-to-depth and no easel.json. */
export type TinyModelName = 'small' | 'wide' | 'medium';

/** The folder of a tiny random model; not to be changed. */
export function tinyModel(name: TinyModelName): string {
  return fileURLToPath(new URL(`../parity/goldens/models/${name}`, import.meta.url));
}

/** A copy that a test may damage. */
export function copyTinyModel(name: TinyModelName): ModelCopy {
  return copyModel(tinyModel(name));
}
