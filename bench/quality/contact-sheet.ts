import { join } from 'node:path';
import sharp from 'sharp';
import { resizePicture } from '../../inference/image/resize.ts';
import type { Picture } from '../../inference/index.ts';
import type { Case, CasePictures } from './cases.ts';
import type { Verdict } from './verdict.ts';

/** One case on a sheet. */
export interface Shown {
  readonly case: Case;
  readonly pictures: CasePictures;
  /** The words of the person. */
  readonly text: string;
  /** Null: the render crashed. */
  readonly output: Picture | null;
  readonly verdict: Verdict;
}

export const CASES_PER_SHEET = 40;

const COLUMNS = 4;
const TILE = 96;
const FRAME = 3;
/** From one picture to the next: room for a frame on both sides. */
const STEP = TILE + 2 * FRAME;
const TEXT_HEIGHT = 46;
const GAP = 12;
/** Inputs fill from the right, so that targets and outputs stand in columns. */
const MAX_INPUTS = 3;
const TILES = MAX_INPUTS + 2;
const CELL = { width: TILES * STEP + GAP, height: STEP + TEXT_HEIGHT + GAP };
const TEXT_LENGTH = 88;
const COLORS = { passed: '#1a9850', failed: '#d73027', text: '#222222' } as const;

interface Place {
  readonly left: number;
  readonly top: number;
}

/** Write PNG sheets: for each case its inputs, target and output, the output's frame green or red, and what is wrong.
 * @returns the files, `NAME-1.png` and on. */
export async function writeContactSheets(folder: string, name: string, shown: readonly Shown[]): Promise<string[]> {
  const files: string[] = [];
  for (let start = 0; start < shown.length; start += CASES_PER_SHEET) {
    const file = join(folder, `${name}-${files.length + 1}.png`);
    await writeSheet(file, shown.slice(start, start + CASES_PER_SHEET));
    files.push(file);
  }
  return files;
}

async function writeSheet(file: string, shown: readonly Shown[]): Promise<void> {
  const width = Math.min(COLUMNS, shown.length) * CELL.width + GAP;
  const height = Math.ceil(shown.length / COLUMNS) * CELL.height + GAP;
  const canvas = { width, height, data: new Uint8Array(width * height * 3).fill(255) };
  const labels: string[] = [];
  for (const [index, one] of shown.entries()) {
    const place = {
      left: GAP + (index % COLUMNS) * CELL.width,
      top: GAP + Math.floor(index / COLUMNS) * CELL.height,
    };
    await drawPictures(canvas, one, place);
    labels.push(labelOf(one, place));
  }
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="sans-serif" font-size="11">${labels.join('')}</svg>`;
  await sharp(canvas.data, { raw: { width, height, channels: 3 } })
    .composite([{ input: Buffer.from(svg) }])
    .png()
    .toFile(file);
}

async function drawPictures(canvas: Picture, { pictures, output }: Shown, { left, top }: Place): Promise<void> {
  const inputs = pictures.inputs.slice(0, MAX_INPUTS);
  for (const [index, picture] of [...inputs, pictures.target, ...(output === null ? [] : [output])].entries()) {
    const { data } = await resizePicture(picture, { width: TILE, height: TILE });
    const column = MAX_INPUTS - inputs.length + index;
    for (let y = 0; y < TILE; y++) {
      const row = data.subarray(y * TILE * 3, (y + 1) * TILE * 3);
      canvas.data.set(row, ((top + FRAME + y) * canvas.width + left + column * STEP) * 3);
    }
  }
}

/** The frame of the output, and what is said below the pictures. */
function labelOf({ case: one, text: asked, verdict }: Shown, { left, top }: Place): string {
  const color = verdict.passed ? COLORS.passed : COLORS.failed;
  const reason = verdict.passed ? 'passed' : verdict.problems.join(' · ');
  const text = (row: number, fill: string, words: string) =>
    `<text x="${left}" y="${top + STEP + 13 * row}" fill="${fill}">${escapeXml(shorten(words))}</text>`;
  const frame = `x="${left + (TILES - 1) * STEP - FRAME / 2}" y="${top + FRAME / 2}" width="${TILE + FRAME}" height="${TILE + FRAME}"`;
  return [
    `<rect ${frame} fill="none" stroke="${color}" stroke-width="${FRAME}"/>`,
    text(1, COLORS.text, `${one.id} ${one.kind}`),
    text(2, COLORS.text, asked),
    text(3, color, reason),
  ].join('');
}

function shorten(words: string): string {
  return words.length <= TEXT_LENGTH ? words : `${words.slice(0, TEXT_LENGTH - 1)}…`;
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
