import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodePng } from '../../inference/index.ts';
import { GROUPS } from './cases.ts';
import { writeContactSheets } from './contact-sheet.ts';
import { inputFile, outputFile, type Results } from './results.ts';
import type { CaseRecord, JudgedPicture } from './run-cases.ts';

/** What is said of a system beside its cases. */
export type About = Omit<Results, 'cases' | 'summary'> & {
  readonly steps: number | null;
  readonly summary: Results['summary'];
};

/** Write a system's `results.json`, its pictures as `inputs/<id>-<k>.png` and `outputs/<id>.png`, and the contact sheets.
 * @param name of the system. @returns the sheets. */
export async function writeResults(
  folder: string,
  name: string,
  records: readonly CaseRecord[],
  about: About,
): Promise<readonly string[]> {
  const made = records.flatMap(({ outputs, ...record }) => {
    const output = outputs.get(name);
    return output === undefined ? [] : [{ ...record, output }];
  });
  const cases = made.map(({ case: one, seed, output: { text, reading, vlm, ...output } }) => ({
    ...{ ...one, text, reading, seed, vlm },
    output: withoutPicture(output),
  }));
  writeFileSync(join(folder, 'results.json'), `${JSON.stringify({ ...about, cases }, null, 1)}\n`);

  for (const part of ['inputs', 'outputs']) mkdirSync(join(folder, part), { recursive: true });
  for (const { case: one, pictures, output } of made) {
    for (const [index, picture] of pictures.inputs.entries()) {
      writeFileSync(inputFile(folder, one.id, index + 1), await encodePng(picture));
    }
    if (output.picture) writeFileSync(outputFile(folder, one.id), await encodePng(output.picture));
  }

  const sheets: string[] = [];
  for (const group of GROUPS) {
    const shown = made
      .filter(({ case: one }) => one.group === group)
      .map(({ case: one, pictures, output: { picture, text, verdict } }) => ({
        ...{ case: one, pictures, text, verdict },
        output: picture,
      }));
    sheets.push(...(await writeContactSheets(folder, group, shown)));
  }
  return sheets;
}

/** Write what the judge said of every control. */
export function writeControls(file: string, records: readonly CaseRecord[]): void {
  const cases = records
    .filter(({ controls }) => controls.size > 0)
    .map(({ case: { id }, controls }) => ({
      id,
      controls: Object.fromEntries([...controls].map(([name, judged]) => [name, withoutPicture(judged)])),
    }));
  writeFileSync(file, `${JSON.stringify({ cases }, null, 1)}\n`);
}

function withoutPicture({ findings, confusion, verdict, seconds, adapter, warnings }: JudgedPicture) {
  return { verdict, findings, confusion, seconds, adapter, warnings };
}
