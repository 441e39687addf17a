import { accessSync, constants, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { SuiteOptions } from 'vitest';

/** A server that a test wants: where it is, or why the tests that need it are skipped. */
export type Found = { readonly program: string } | { readonly missing: string };

/** @param folders looked at beside PATH. */
export function findProgram(name: string, folders: readonly string[] = []): Found {
  const path = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const program = [...path, ...folders].map((folder) => join(folder, name)).find(isExecutable);
  return program === undefined ? { missing: `${name} is not installed` } : { program };
}

declare module 'vitest' {
  interface TaskMeta {
    /** Why a suite is skipped; the reporter prints it. */
    missing?: string;
  }
}

/** Options of a suite that is skipped where the program is missing. */
export function whereFound(found: Found): SuiteOptions {
  return 'program' in found ? {} : { skip: true, meta: { missing: found.missing } };
}

/** Sub-folders of a folder, newest version first; none when it does not exist. */
export function versionsIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).toSorted((a, b) => b.localeCompare(a, 'en', { numeric: true }));
  } catch {
    // Not installed from this distribution's packages.
    return [];
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    // The question was whether it can be executed.
    return false;
  }
}
