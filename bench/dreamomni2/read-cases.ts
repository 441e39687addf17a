import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, extname, join, relative, sep } from 'node:path';

/** A case of DreamOmni2Bench: an instruction and the pictures that came with it. */
export interface PhotoCase {
  /** Its folder, with dashes. */
  readonly id: string;
  readonly group: 'edits' | 'generations';
  readonly mode: 'edit' | 'generate';
  /** Name of the folder that it lies in: `replace`, `local_expression`. */
  readonly category: string;
  readonly concrete: boolean;
  readonly text: string;
  /** In the order of their numbers; of an edit the source first. */
  readonly files: readonly string[];
}

const INSTRUCTION = 'instruction.txt';
const PICTURES = new Set(['.png', '.jpg', '.jpeg', '.webp']);
/** Results that the paper's own repository keeps beside the inputs. */
const RESULT = /^(?:\w+_)?(?:res|result|output|target|gt)(?:_?\d+)?$/i;
const SOURCE = /^(?:src|source|input)/i;
/** Objects are carried over, put in or made; everything else lends an attribute. */
const CONCRETE = /^(?:concrete|add|replace|background|object|person|animal|logo|cloth)/i;

/** Every folder under `editing_benchmark` or a generation folder that has an `instruction.txt`, by name. A folder counts as
 * generation where a folder above it begins with "gen", and as editing where one begins with "edit".
 * @throws {Error} where there is none, or a case has no pictures. */
export function readPhotoCases(root: string): readonly PhotoCase[] {
  const cases = foldersWithInstruction(root).map((folder) => readCase(root, folder));
  if (cases.length === 0) throw new Error(`${root} has no ${INSTRUCTION} under a folder that begins with edit or gen.`);
  return cases;
}

function foldersWithInstruction(root: string): readonly string[] {
  const folders = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name === INSTRUCTION)
    .map((entry) => entry.parentPath);
  return folders.filter((folder) => modeOf(root, folder) !== undefined).toSorted(byNumber);
}

function readCase(root: string, folder: string): PhotoCase {
  const mode = modeOf(root, folder) ?? 'edit';
  const category = basename(dirname(folder));
  const files = picturesIn(folder);
  if (files.length === 0) throw new Error(`${folder} has an instruction and no pictures.`);
  return {
    id: relative(root, folder).split(sep).join('-'),
    group: mode === 'edit' ? 'edits' : 'generations',
    ...{ mode, category, files },
    concrete: CONCRETE.test(category.replace(/^(?:edit|gen\w*?)_/i, '')),
    text: readFileSync(join(folder, INSTRUCTION), 'utf8').trim(),
  };
}

function modeOf(root: string, folder: string): 'edit' | 'generate' | undefined {
  const parts = [basename(root), ...relative(root, folder).split(sep)];
  if (parts.some((part) => /^gen/i.test(part))) return 'generate';
  return parts.some((part) => /^edit/i.test(part)) ? 'edit' : undefined;
}

function picturesIn(folder: string): readonly string[] {
  const names = readdirSync(folder).filter((name) => {
    const extension = extname(name).toLowerCase();
    return PICTURES.has(extension) && !RESULT.test(basename(name, extname(name)));
  });
  const rank = (name: string) => (SOURCE.test(name) ? 0 : 1);
  return names
    .toSorted((one, other) => rank(one) - rank(other) || byNumber(one, other))
    .map((name) => join(folder, name));
}

/** 2 comes before 10. */
function byNumber(one: string, other: string): number {
  return one.localeCompare(other, 'en', { numeric: true });
}
