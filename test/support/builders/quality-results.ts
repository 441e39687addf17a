import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inputFile, outputFile, type Results } from '../../../bench/quality/results.ts';
import { encodePng } from '../../../inference/index.ts';
import { paint } from './quality-case.ts';

const NONE = { all: null, concrete: null, abstract: null };

export function someResults(changes: Partial<Results> = {}): Results {
  return {
    system: { engine: 'local', wording: 'canonical', vlm: 'none' },
    model: 'stickers 1',
    weights: 'aaa',
    judge: 'bbb',
    summary: { cases: 2, edits: NONE, generations: NONE },
    cases: ['edits-000', 'generations-000'].map((id) => ({
      ...{ id, group: id.replace(/-.*/, ''), text: `Draw ${id}.`, inputs: 2 },
    })),
    ...changes,
  };
}

/** A folder of results as `bench:quality` writes it: two grey inputs, and outputs of one colour. */
export async function resultFolder(
  folder: string,
  {
    engine,
    color,
    cases: count,
  }: { readonly engine: string; readonly color: readonly [number, number, number]; readonly cases: number },
) {
  const cases = Array.from({ length: count }, (_, index) => ({
    id: `edits-${String(index).padStart(3, '0')}`,
    ...{ group: 'edits', text: `Give it the <look> of request ${index}.`, inputs: 2 },
  }));
  const results = someResults({ system: { engine, wording: 'canonical', vlm: 'none' }, cases });
  for (const part of ['inputs', 'outputs']) mkdirSync(join(folder, part));
  const input = await encodePng(paint(32, (x, y) => [x * 7, y * 7, 128]));
  const output = await encodePng(paint(32, (x) => (x < 16 ? color : [230, 230, 230])));
  for (const { id } of cases) {
    for (const k of [1, 2]) writeFileSync(inputFile(folder, id, k), input);
    writeFileSync(outputFile(folder, id), output);
  }
  writeFileSync(join(folder, 'results.json'), JSON.stringify(results));
  return { folder, results };
}
