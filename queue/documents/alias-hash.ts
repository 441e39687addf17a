import { createHash } from 'node:crypto';

/** An alias may hold any text; its hash is a safe file name and key. */
export function aliasHash(alias: string): string {
  return createHash('sha256').update(alias).digest('hex');
}
