import { readFile, realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { hasCode, writeDurably } from '../../queue/home/durable-file.ts';
import { UsageError } from '../failure.ts';
import { type Changes, mergeEnv } from './merge-env.ts';

type Variables = Readonly<Record<string, string | undefined>>;

/** The file that every command reads its settings from, as far as the setup changes it. */
export interface EnvFile {
  readonly path: string;
  /** What it sets, as it was when it was read. */
  readonly variables: Variables;
  /** What the process was given beside the file, and what therefore wins over it. */
  readonly outside: Variables;
  /** What a command would run with after `changes`. */
  after(changes: Changes): Variables;
  /**
   * Set some variables and leave everything else as it is, in one step: whoever reads sees the old file or the new one.
   * Afterwards only the owner may read it. Changes that somebody else made since it was read are kept.
   * @throws UsageError when the file cannot be written, or a value cannot stand in it.
   */
  write(changes: Changes): Promise<void>;
}

const OWNER_ONLY = 0o600;

/** @param env of the process, into which the file was read already. @throws UsageError when it cannot be read. */
export async function openEnvFile(env: Variables): Promise<EnvFile> {
  const path = resolve(env['EASEL_ENV_FILE'] || '.env');
  const variables = parseEnv(await readText(path));
  const outside = Object.fromEntries(
    Object.entries(env).filter(([name, value]) => value !== undefined && value !== variables[name]),
  );
  return {
    path,
    variables,
    outside,
    after: (changes) => ({ ...variables, ...changes, ...outside }),
    async write(changes) {
      try {
        const merged = mergeEnv(await readText(path), changes);
        // A link stays a link; the file behind it is written.
        await writeDurably(await realPath(path), [Buffer.from(merged)], OWNER_ONLY);
      } catch (error) {
        if (error instanceof UsageError) throw error;
        throw new UsageError(`The file ${path} cannot be written: ${messageOf(error)}.`, { cause: error });
      }
    },
  };
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return '';
    throw new UsageError(`The file ${path} cannot be read: ${messageOf(error)}.`, { cause: error });
  }
}

async function realPath(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return path;
    throw error;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
