import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

/** A model folder that a test may damage. */
export interface ModelCopy {
  readonly folder: string;
  /** Replace part of a JSON file of the model; undefined leaves a key out. */
  patchJson(file: string, values: object): void;
  /** Leave a file out. */
  drop(file: string): void;
  remove(): void;
}

export function copyModel(original: string): ModelCopy {
  const parent = mkdtempSync(join(tmpdir(), 'easel-model-'));
  const folder = join(parent, basename(original));
  cpSync(original, folder, { recursive: true });
  return {
    folder,
    patchJson(file, values) {
      const path = join(folder, file);
      const content: unknown = JSON.parse(readFileSync(path, 'utf8'));
      writeFileSync(path, JSON.stringify({ ...Object(content), ...values }));
    },
    drop: (file) => rmSync(join(folder, file)),
    remove: () => rmSync(parent, { recursive: true }),
  };
}
