import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { AppError } from '../core/errors.ts';

const DEFAULT_FILE = '.env';

/**
 * Add the variables of EASEL_ENV_FILE to an environment; what is set there already stays, also as an empty value.
 * Nothing happens where there is no `.env`.
 * @throws AppError CONFIG_INVALID when a file that was named is missing, or one cannot be read.
 */
export function addEnvironmentFile(env: Record<string, string | undefined>): void {
  const file = env['EASEL_ENV_FILE'] || DEFAULT_FILE;
  const isNamed = file !== DEFAULT_FILE;
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    if (code === 'ENOENT' && !isNamed) return;
    const why = code === 'ENOENT' ? 'does not exist' : `cannot be read (${String(code)})`;
    throw new AppError('CONFIG_INVALID', { problems: `EASEL_ENV_FILE: the file ${file} ${why}` }, { cause });
  }
  for (const [name, value] of Object.entries(parseEnv(text))) env[name] ??= value;
}
