import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { canonicalRequest } from '../../../bench/quality/ask.ts';
import { readCases } from '../../../bench/quality/cases.ts';
import { wordsOf } from '../../../bench/quality/wording/canonical.ts';
import { casualRequest } from '../../../bench/quality/wording/casual.ts';
import { editCase } from '../../support/builders/quality-case.ts';

const { cases } = readCases(fileURLToPath(new URL('../../../bench/quality/cases', import.meta.url)));

describe('a casual request', () => {
  it('says every case in other words than training, the same each time', () => {
    for (const one of cases) {
      expect(casualRequest(one), one.id).not.toBe(canonicalRequest(one));
      expect(casualRequest(one), one.id).not.toMatch(/[{}]|undefined/);
      expect(casualRequest(one)).toBe(casualRequest({ ...one }));
    }
  });

  it('still names what it is about, and the reference of every edit', () => {
    for (const one of cases) {
      const text = casualRequest(one);
      const words = wordsOf(one.kind, one.instruction);
      for (const word of Object.values(words ?? {})) expect(text, one.id).toContain(word);
      if (one.group === 'edits') expect(text, one.id).toMatch(/2|second/);
      if (one.group === 'generations') {
        const numbers = [...one.instruction.matchAll(/image (\d)/g)].map(([, k]) => Number(k));
        const names = [/1|first/, /2|second/, /3|third/, /4|fourth/, /5|fifth/];
        for (const k of numbers) expect(text, one.id).toMatch(names[k - 1] ?? /never/);
      }
    }
  });

  it('names all pictures of a scene that comes from many', () => {
    const instruction =
      'The cat from image 1 with the pattern of the hat in image 2 and the fox from image 3 on the background of image 4, in the style of image 5.';
    for (let number = 0; number < 20; number += 1) {
      const text = casualRequest({
        id: `generations-${number}`,
        kind: 'generate_from_many',
        instruction,
        description: '',
      });
      for (const name of [/1|first/, /2|second/, /3|third/, /4|fourth/, /5|fifth/]) expect(text).toMatch(name);
      expect(text).not.toMatch(/[{}]|undefined|on the background of image \d, in the style/);
    }
  });

  it('comes in many wordings of each kind', () => {
    const shapes = (kind: string) => {
      const own = cases.filter((one) => one.kind === kind);
      const nouns = new Set(own.flatMap((one) => Object.values(wordsOf(kind, one.instruction) ?? {})));
      const shape = (text: string) => text.replaceAll(/\w+/g, (word) => (nouns.has(word) ? 'N' : word));
      return new Set(own.map((one) => shape(casualRequest(one)))).size;
    };
    for (const kind of ['give_pattern', 'give_color', 'give_look', 'give_style'])
      expect(shapes(kind)).toBeGreaterThan(12);
    for (const kind of ['add_from', 'put_background', 'change_noun']) expect(shapes(kind)).toBeGreaterThan(5);
  });

  it('is refused for an instruction that is not canonical', () => {
    expect(() => casualRequest(editCase({ instruction: 'Do something.' }))).toThrow(/no canonical instruction/);
  });
});
