import { join } from 'node:path';
import sharp, { type OverlayOptions } from 'sharp';
import type { Picture } from '../../inference/index.ts';
import type { Case, CasePictures } from './cases.ts';
import { promptOf } from './render-case.ts';
import type { Verdict } from './verdict.ts';

/** One case on a sheet. */
export interface Shown {
  readonly case: Case;
  readonly pictures: CasePictures;
  /** Null: the render crashed. */
  readonly output: Picture | null;
  readonly verdict: Verdict;
}

export const CASES_PER_SHEET = 40;

const COLUMNS = 4;
const TILE = 96;
const BORDER = 4;
const TEXT_HEIGHT = 46;
const GAP = 12;
/** Inputs fill from the right, so that targets and outputs stand in columns. */
const MAX_INPUTS = 3;
const TILES = MAX_INPUTS + 2;
const CELL = { width: TILES * (TILE + BORDER) + GAP, height: TILE + BORDER + TEXT_HEIGHT + GAP };
const TEXT_LENGTH = 88;
const COLORS = { passed: '#1a9850', failed: '#d73027', text: '#222222' } as const;

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
  const cells = await Promise.all(
    shown.map((one, index) =>
      drawCell(one, GAP + (index % COLUMNS) * CELL.width, GAP + Math.floor(index / COLUMNS) * CELL.height),
    ),
  );
  const lines = cells.map(({ svg }) => svg).join('');
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="sans-serif" font-size="11">${lines}</svg>`;
  await sharp({ create: { width, height, channels: 3, background: '#ffffff' } })
    .composite([{ input: Buffer.from(svg) }, ...cells.flatMap(({ tiles }) => tiles)])
    .png()
    .toFile(file);
}

async function drawCell(
  { case: one, pictures, output, verdict }: Shown,
  left: number,
  top: number,
): Promise<{ readonly svg: string; readonly tiles: readonly OverlayOptions[] }> {
  const inputs = pictures.inputs.slice(0, MAX_INPUTS);
  const columns = [...inputs.map((picture, index) => [MAX_INPUTS - inputs.length + index, picture] as const)];
  columns.push([MAX_INPUTS, pictures.target], ...(output === null ? [] : [[MAX_INPUTS + 1, output] as const]));
  const tiles = await Promise.all(
    columns.map(async ([column, picture]) => ({
      input: await shrink(picture),
      left: left + column * (TILE + BORDER),
      top: top + BORDER / 2,
    })),
  );
  const color = verdict.passed ? COLORS.passed : COLORS.failed;
  const frame = left + (TILES - 1) * (TILE + BORDER) - BORDER / 2;
  const text = (row: number, fill: string, words: string) =>
    `<text x="${left}" y="${top + TILE + BORDER + 13 * row}" fill="${fill}">${escapeXml(shorten(words))}</text>`;
  const reason = verdict.passed ? 'passed' : verdict.problems.join(' · ');
  return {
    svg:
      `<rect x="${frame}" y="${top}" width="${TILE + BORDER}" height="${TILE + BORDER}" fill="${color}"/>` +
      text(1, COLORS.text, `${one.id} ${one.kind}`) +
      text(2, COLORS.text, promptOf(one)) +
      text(3, color, reason),
    tiles,
  };
}

function shrink({ width, height, data }: Picture): Promise<Buffer> {
  return sharp(data, { raw: { width, height, channels: 3 } })
    .resize(TILE, TILE, { fit: 'fill' })
    .png()
    .toBuffer();
}

function shorten(words: string): string {
  return words.length <= TEXT_LENGTH ? words : `${words.slice(0, TEXT_LENGTH - 1)}…`;
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
