import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Random models of three shapes: small and wide have native sizes, medium has space-to-depth and no easel.json. */
export type TinyModelName = 'small' | 'wide' | 'medium';

/** The folder of a tiny random model; not to be changed. */
export function tinyModel(name: TinyModelName): string {
  return fileURLToPath(new URL(`../parity/goldens/models/${name}`, import.meta.url));
}

export interface ModelCopy {
  readonly folder: string;
  /** Replace part of a JSON file of the model. */
  patchJson(file: string, values: object): void;
  remove(): void;
}

/** A copy that a test may damage. */
export function copyTinyModel(name: TinyModelName): ModelCopy {
  const parent = mkdtempSync(join(tmpdir(), 'easel-model-'));
  const folder = join(parent, name);
  cpSync(tinyModel(name), folder, { recursive: true });
  return {
    folder,
    patchJson(file, values) {
      const path = join(folder, file);
      const content: unknown = JSON.parse(readFileSync(path, 'utf8'));
      writeFileSync(path, JSON.stringify({ ...Object(content), ...values }));
    },
    remove: () => rmSync(parent, { recursive: true }),
  };
}
