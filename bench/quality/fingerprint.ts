import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Short name of what files hold: equal names, equal contents. Files that are not there count as empty. */
export function fingerprintOf(files: readonly string[]): string {
  const hash = createHash('sha256');
  for (const file of files) hash.update(existsSync(file) ? readFileSync(file) : '').update('\0');
  return hash.digest('hex').slice(0, 12);
}

/** The weights of a model folder that draw: transformer and adapters. */
export function fingerprintOfModel(folder: string): string {
  const drawing = readdirSync(folder).filter((name) => name === 'transformer' || name.endsWith('_lora'));
  const files = drawing
    .toSorted()
    .flatMap((name) => readdirSync(join(folder, name)).map((file) => join(folder, name, file)));
  return fingerprintOf(files.filter((file) => file.endsWith('.safetensors')).toSorted());
}
