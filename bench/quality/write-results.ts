import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodePng } from '../../inference/index.ts';
import { GROUPS } from './cases.ts';
import { writeContactSheets } from './contact-sheet.ts';
import type { CaseRecord, JudgedPicture } from './run-cases.ts';
import type { Summary } from './summary.ts';

/** Write `results.json`, every output as `outputs/<id>.png`, and the contact sheets.
 * @returns the sheets. */
export async function writeResults(
  folder: string,
  records: readonly CaseRecord[],
  about: { readonly model: string; readonly steps: number | null; readonly summary: Summary },
): Promise<readonly string[]> {
  const cases = records.map(({ case: one, seed, output, controls }) => ({
    ...one,
    seed,
    output: output && withoutPicture(output),
    controls: Object.fromEntries([...controls].map(([name, judged]) => [name, withoutPicture(judged)])),
  }));
  writeFileSync(join(folder, 'results.json'), `${JSON.stringify({ ...about, cases }, null, 1)}\n`);

  mkdirSync(join(folder, 'outputs'));
  for (const { case: one, output } of records) {
    if (output?.picture) writeFileSync(join(folder, 'outputs', `${one.id}.png`), await encodePng(output.picture));
  }

  const sheets: string[] = [];
  for (const group of GROUPS) {
    const shown = records.flatMap(({ case: one, pictures, output }) =>
      one.group === group && output !== null
        ? [{ case: one, pictures, output: output.picture, verdict: output.verdict }]
        : [],
    );
    sheets.push(...(await writeContactSheets(folder, group, shown)));
  }
  return sheets;
}

function withoutPicture({ findings, verdict, seconds, adapter, warnings }: JudgedPicture) {
  return { verdict, findings, seconds, adapter, warnings };
}
