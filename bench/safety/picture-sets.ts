import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { encodePng } from '../../inference/index.ts';
import { loadPictures, readCases } from '../quality/cases.ts';

interface NamedPicture {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface PictureSet {
  readonly name: string;
  readonly pictures: () => AsyncIterable<NamedPicture>;
}

const READABLE = new Set(['.png', '.jpg', '.jpeg', '.webp', '.gif']);

/** The pictures that lie in a folder, by name. */
export function picturesOfFolder(name: string, folder: string): PictureSet {
  const files = readdirSync(folder)
    .filter((file) => READABLE.has(extname(file).toLowerCase()))
    .sort();
  return {
    name: basename(name),
    async *pictures() {
      for (const file of files) yield { name: file, bytes: new Uint8Array(await readFile(join(folder, file))) };
    },
  };
}

/** Every input and target of the benchmark's cases. */
export function picturesOfCases(name: string, folder: string): PictureSet {
  const { cases, size } = readCases(folder);
  return {
    name,
    async *pictures() {
      for (const one of cases) {
        const { inputs, target } = await loadPictures(folder, size, one);
        for (const [index, picture] of [...inputs, target].entries())
          yield { name: `${one.id}/${index + 1}`, bytes: await encodePng(picture) };
      }
    },
  };
}
