import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

const TEMPORARY = '.tmp';

/** Make a folder and everything above it, durably. */
export async function makeFolder(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true });
  if (first !== undefined) await syncFolder(dirname(first));
}

/**
 * Write a whole file so that after a crash or power loss either the old or the new content is there: written beside,
 * fsynced, renamed, folder fsynced. The folder must exist.
 * @param mode of the file; the process's umask is taken off it.
 */
export async function writeDurably(path: string, parts: readonly Uint8Array[], mode = 0o666): Promise<void> {
  const temporary = await writeBeside(path, parts, mode);
  await rename(temporary, path);
  await syncFolder(dirname(path));
}

/** Like `writeDurably`, but the first writer wins. @returns false when the file existed; it is untouched then. */
export async function createDurably(path: string, parts: readonly Uint8Array[]): Promise<boolean> {
  const temporary = await writeBeside(path, parts);
  try {
    await link(temporary, path);
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  } finally {
    await rm(temporary, { force: true });
  }
  await syncFolder(dirname(path));
  return true;
}

/** The text of a file; undefined when there is none. */
export async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** The names in a folder but those that a killed writer left behind; none when there is no folder. */
export async function listIfThere(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).filter((name) => !isTemporary(name));
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  }
}

/** Whether a name in a folder is what a killed writer left behind. */
export function isTemporary(name: string): boolean {
  return name.endsWith(TEMPORARY);
}

/** An entry that was made or removed in a folder survives power loss only after this. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

async function writeBeside(path: string, parts: readonly Uint8Array[], mode = 0o666): Promise<string> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}${TEMPORARY}`);
  const file = await open(temporary, 'wx', mode);
  try {
    for (const part of parts) await file.writeFile(part);
    await file.sync();
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  } finally {
    await file.close();
  }
  return temporary;
}
