import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readAnswerFormat } from '../../../cli/interpreter/answer-format.ts';

describe('how a language model wants to be asked', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'easel-vlm-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is not said by a folder without easel.json', () => {
    expect(readAnswerFormat(folder)).toBeUndefined();
  });

  it('names a template and the longest answer', () => {
    writeFileSync(join(folder, 'easel.json'), JSON.stringify({ template: 'stickers.v1', maxNewTokens: 256 }));
    expect(readAnswerFormat(folder)).toEqual({ template: 'stickers.v1', maxNewTokens: 256 });
  });

  it.each([
    ['no JSON', 'template: stickers'],
    ['a path', JSON.stringify({ template: '../../secrets.v1', maxNewTokens: 256 })],
    ['no length', JSON.stringify({ template: 'stickers.v1' })],
  ])('is refused with the name of the file: %s', (_, content) => {
    writeFileSync(join(folder, 'easel.json'), content);
    expect(() => readAnswerFormat(folder)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
  });
});
