import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { resizePicture } from '../../inference/image/resize.ts';
import { decodeImage, encodePng } from '../../inference/index.ts';
import { askInWords } from '../quality/ask.ts';
import type { OpenSystem } from '../quality/open-systems.ts';
import { renderCase } from '../quality/render-case.ts';
import { inputFile, outputFile } from '../quality/results.ts';
import type { VlmJudge, VlmVerdict } from '../vlm-judge/judge-result.ts';
import type { PhotoCase } from './read-cases.ts';

export interface PhotoRecord {
  readonly case: PhotoCase;
  /** PNG; null: nothing was asked, or the render crashed. */
  readonly output: Uint8Array | null;
  /** Null with it. */
  readonly vlm: VlmVerdict | null;
  readonly problem: string | null;
  readonly seconds: number | null;
}

/** Photographs are kept beside the results no larger than they are shown. */
const KEPT_SIDE_PX = 1024;

/** Ask, render and have a chat model judge one case. A crash is a failed case, never the end of the run. */
export async function runPhotoCase(
  { opened: engine, reader }: Pick<OpenSystem, 'opened' | 'reader'>,
  judge: VlmJudge,
  one: PhotoCase,
  { steps }: { readonly steps?: number | undefined },
): Promise<PhotoRecord> {
  const { mode, text, files } = one;
  const inputs = files.map((file) => new Uint8Array(readFileSync(file)));
  const failed = (problem: string) => ({ case: one, output: null, vlm: null, problem, seconds: null });
  const asked = await askInWords(one, text, inputs, reader);
  if (asked.kind === 'unread') return failed(asked.problem);
  const rendered = await renderCase(engine, { ...asked.request, ...(steps === undefined ? {} : { steps }) });
  if (rendered.kind === 'crashed') return failed(rendered.problem);
  const output = await encodePng(rendered.picture);
  const vlm = await judge.judge({ mode, text, inputs, output });
  return { case: one, output, vlm, problem: null, seconds: rendered.seconds };
}

/** Write the pictures of records as every result folder has them. */
export async function writePhotos(folder: string, records: readonly PhotoRecord[]): Promise<void> {
  for (const part of ['inputs', 'outputs']) mkdirSync(join(folder, part), { recursive: true });
  for (const { case: one, output } of records) {
    for (const [index, file] of one.files.entries()) {
      const picture = await decodeImage(readFileSync(file));
      const scale = Math.min(1, KEPT_SIDE_PX / Math.max(picture.width, picture.height));
      const size = { width: Math.round(picture.width * scale), height: Math.round(picture.height * scale) };
      writeFileSync(inputFile(folder, one.id, index + 1), await encodePng(await resizePicture(picture, size)));
    }
    if (output !== null) writeFileSync(outputFile(folder, one.id), output);
  }
}
