import { parseEnv } from 'node:util';

/** Variables to set, by name. */
export type Changes = Readonly<Record<string, string>>;

/**
 * The text of a `.env` file with some variables set anew: in the place where each is set, else below a commented example of
 * it, else at the end. Every other line stays as it is, to the byte.
 * @throws Error when a value cannot be written so that it is read back as it is.
 */
export function mergeEnv(text: string, changes: Changes): string {
  return Object.entries(changes).reduce((merged, [name, value]) => setVariable(merged, name, value), text);
}

function setVariable(text: string, name: string, value: string): string {
  const before = parseEnv(text);
  if (before[name] === value) return text;
  const expected = JSON.stringify(sorted({ ...before, [name]: value }));
  const assignment = `${name}=${quote(value)}`;
  // Lines within a quoted value only look like assignments; what was meant is what is read back.
  const candidates = [
    replaced(text, name, assignment),
    belowExample(text, name, assignment),
    appended(text, assignment),
  ];
  const merged = candidates.find((each) => each !== undefined && JSON.stringify(sorted(parseEnv(each))) === expected);
  if (merged === undefined) throw new Error(`The value of ${name} cannot be written to this file`);
  return merged;
}

/** The last line that sets the variable is the one that counts. What is said behind the value stays. */
function replaced(text: string, name: string, assignment: string): string | undefined {
  const line = new RegExp(
    `^([^\\S\\n]*(?:export[^\\S\\n]+)?)${name}[^\\S\\n]*=[^\\S\\n]*(?:"[^"\\n]*"|'[^'\\n]*'|\`[^\`\\n]*\`|[^#\\n]*?)([^\\S\\n]*(?:#[^\\n]*)?)$`,
    'gm',
  );
  const match = [...text.matchAll(line)].at(-1);
  if (match === undefined) return undefined;
  const [whole, start = '', end = ''] = match;
  return text.slice(0, match.index) + start + assignment + end + text.slice(match.index + whole.length);
}

function belowExample(text: string, name: string, assignment: string): string | undefined {
  const match = [...text.matchAll(new RegExp(`^#[^\\S\\n]*${name}=[^\\n]*\\n`, 'gm'))].at(-1);
  if (match === undefined) return undefined;
  const end = match.index + match[0].length;
  return text.slice(0, end) + assignment + lineEnd(text) + text.slice(end);
}

function appended(text: string, assignment: string): string {
  const isOpen = text !== '' && !text.endsWith('\n');
  return `${text}${isOpen ? lineEnd(text) : ''}${assignment}${lineEnd(text)}`;
}

function lineEnd(text: string): string {
  return text.includes('\r\n') ? '\r\n' : '\n';
}

function quote(value: string): string {
  if (/^[\w./:@%+=,~?&-]*$/.test(value)) return value;
  const mark = ["'", '`', '"'].find((each) => !value.includes(each));
  return mark === undefined ? value : `${mark}${value}${mark}`;
}

/** Node takes a comment in a last line without an end for a variable; it is none. */
function sorted(variables: Readonly<Record<string, string | undefined>>): readonly (readonly [string, unknown])[] {
  return Object.entries(variables)
    .filter(([name]) => !name.startsWith('#'))
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
}
