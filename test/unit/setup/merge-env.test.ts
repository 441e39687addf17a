import { parseEnv } from 'node:util';
import { array, assert as check, constantFrom, dictionary, oneof, property, string, tuple } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeEnv } from '../../../cli/setup/merge-env.ts';

describe('changing a .env file', () => {
  it('begins one where there is none', () => {
    expect(mergeEnv('', { EASEL_ENGINE: 'gemini' })).toBe('EASEL_ENGINE=gemini\n');
  });

  it('sets a variable anew in its place, and keeps what is said behind it', () => {
    const text = '# mine\nEASEL_ENGINE=local # for now\nexport PORT = "80"\nGEMINI_API_KEY=secret\n';
    expect(mergeEnv(text, { EASEL_ENGINE: 'gemini', PORT: '3210' })).toBe(
      '# mine\nEASEL_ENGINE=gemini # for now\nexport PORT=3210\nGEMINI_API_KEY=secret\n',
    );
  });

  it('changes the assignment that counts, which is the last one', () => {
    expect(mergeEnv('A=1\nA=2\nB=3\n', { A: '9' })).toBe('A=1\nA=9\nB=3\n');
  });

  it('writes below the commented example, as in a copy of .env.example', () => {
    const text = '# Key for gemini.\n#GEMINI_API_KEY=\n\n# Port\n#PORT=3210';
    expect(mergeEnv(text, { GEMINI_API_KEY: 'k', PORT: '1' })).toBe(
      '# Key for gemini.\n#GEMINI_API_KEY=\nGEMINI_API_KEY=k\n\n# Port\n#PORT=3210\nPORT=1\n',
    );
  });

  it('leaves the file as it is when it says the same already', () => {
    const text = "A='1'   # one\r\n";
    expect(mergeEnv(text, { A: '1' })).toBe(text);
  });

  it('keeps the line ends of other systems', () => {
    expect(mergeEnv('A=1\r\nB=2\r\n', { A: '3', C: '4' })).toBe('A=3\r\nB=2\r\nC=4\r\n');
  });

  it('is not misled by lines within a quoted value', () => {
    const text = 'NOTE="first\nA=1\nlast"\nB=2\n';
    const merged = mergeEnv(text, { A: '5' });
    expect(merged.startsWith(text)).toBe(true);
    expect(parseEnv(merged)).toEqual({ NOTE: 'first\nA=1\nlast', A: '5', B: '2' });
  });

  it.each(['two words', 'a#b', `it's`, 'say "x"', '', '/a/b?c=d&e=%20', 'back`tick', 'a\\nb', '  '])(
    'writes %j so that it is read back',
    (value) => {
      expect(parseEnv(mergeEnv('B=1\n', { A: value }))).toEqual({ A: value, B: '1' });
    },
  );

  it('refuses a value that cannot be written', () => {
    expect(() => mergeEnv('B=1\n', { A: `\n'"\`` })).toThrow('A cannot be written');
  });

  /** Node takes a comment in a last line without an end for a variable. */
  const read = (text: string) =>
    Object.fromEntries(Object.entries(parseEnv(text)).filter(([key]) => !key.startsWith('#')));
  const name = constantFrom('A', 'B', 'PORT', 'OPENAI_API_KEY');
  const line = oneof(
    tuple(name, string()).map(([key, value]) => `${key}=${value.replace(/[\r\n]/g, '')}`),
    tuple(name, constantFrom('"', "'", '`'), string()).map(([key, mark, value]) => `${key}=${mark}${value}${mark}`),
    tuple(name, string()).map(([key, value]) => `# ${key}=${value.replace(/[\r\n]/g, '')}`),
    string(),
    constantFrom('', '  ', '"', "export A='x' # c", 'NOTE="1\nA=2\n"'),
  );
  const file = tuple(array(line), constantFrom('\n', '\r\n')).map(([lines, end]) => lines.join(end));

  it('never loses a line that it does not set, and reads back as before but for the changes', () => {
    check(
      property(file, dictionary(name, string({ maxLength: 20 }), { maxKeys: 2 }), (text, changes) => {
        let merged: string;
        try {
          merged = mergeEnv(text, changes);
        } catch (error) {
          // Refused as a whole: the file stays as it is.
          expect(String(error)).toContain('cannot be written');
          return;
        }
        expect(read(merged)).toEqual({ ...read(text), ...changes });
        const isSet = (each: string) =>
          Object.keys(changes).some((key) => new RegExp(`^\\s*(?:export\\s+)?${key}\\s*=`).test(each));
        const kept = text.split('\n').filter((each) => !isSet(each) && each !== '');
        const lines = merged.split('\n');
        let from = 0;
        for (const each of kept) {
          const at = lines.findIndex(
            (found, index) => index >= from && found.replace(/\r$/, '') === each.replace(/\r$/, ''),
          );
          expect(at, `the line ${JSON.stringify(each)}`).not.toBe(-1);
          from = at + 1;
        }
      }),
      { numRuns: 1000 },
    );
  });
});
