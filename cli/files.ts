import { existsSync, statSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UsageError } from './failure.ts';

/** Where Easel itself lies, whatever folder the command runs in. */
export const PACKAGE_FOLDER = fileURLToPath(new URL('..', import.meta.url));

/** A relative EASEL_MODEL is looked for in the current folder, then beside Easel itself: the default lies there. */
export function locateModel(model: string): string {
  const here = resolve(model);
  return isAbsolute(model) || existsSync(here) ? here : join(PACKAGE_FOLDER, model);
}

/** @throws UsageError when there is no such file or it cannot be read. */
export async function readInput(file: string): Promise<Uint8Array> {
  try {
    return new Uint8Array(await readFile(file));
  } catch (error) {
    throw new UsageError(`The file ${file} cannot be read: ${reasonOf(error)}.`, { cause: error });
  }
}

/** Before the work is done. @throws UsageError when the file could not be written afterwards. */
export function requireWritableFolder(file: string): void {
  const folder = dirname(resolve(file));
  if (!existsSync(folder) || !statSync(folder).isDirectory()) {
    throw new UsageError(`The folder ${folder}, in which ${file} would be written, does not exist.`);
  }
}

/** @throws UsageError */
export async function writeOutput(file: string, bytes: Uint8Array): Promise<void> {
  try {
    await writeFile(file, bytes);
  } catch (error) {
    throw new UsageError(`The file ${file} cannot be written: ${reasonOf(error)}.`, { cause: error });
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'it does not exist',
  EACCES: 'permission is missing',
  EISDIR: 'it is a folder',
  ENOSPC: 'the disk is full',
};

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return REASONS[code] ?? (error instanceof Error ? error.message : String(error));
}
