import type { Box, Picture, Size } from './picture.ts';
import { resizePicture } from './resize.ts';

/** A picture inside a frame of the wanted size, and where in that frame it lies. */
export interface FittedPicture {
  readonly picture: Picture;
  readonly region: Box;
}

type Colour = readonly [red: number, green: number, blue: number];

/** Scale to fit inside a frame, centred, and pad each side with the mean colour of the edge that it continues.
 * The region is the scaled picture without its padding; it keeps the aspect to the nearest pixel. */
export async function fitIntoFrame(picture: Picture, frame: Size): Promise<FittedPicture> {
  const scale = Math.min(frame.width / picture.width, frame.height / picture.height);
  const width = clamp(Math.round(picture.width * scale), frame.width);
  const height = clamp(Math.round(picture.height * scale), frame.height);
  const scaled = await resizePicture(picture, { width, height });
  const region = {
    left: Math.floor((frame.width - width) / 2),
    top: Math.floor((frame.height - height) / 2),
    width,
    height,
  };
  return { picture: padPicture(scaled, frame, region), region };
}

function padPicture(scaled: Picture, frame: Size, region: Box): Picture {
  if (scaled.width === frame.width && scaled.height === frame.height) return scaled;
  const data = new Uint8Array(frame.width * frame.height * 3);
  const isWide = region.height < frame.height;
  const lineCount = isWide ? scaled.height : scaled.width;
  const before = meanColour(scaled, isWide, 0);
  const after = meanColour(scaled, isWide, lineCount - 1);
  for (let y = 0; y < frame.height; y++) {
    for (let x = 0; x < frame.width; x++) {
      const isBefore = isWide ? y < region.top : x < region.left;
      data.set(isBefore ? before : after, (y * frame.width + x) * 3);
    }
  }
  for (let y = 0; y < region.height; y++) {
    const row = scaled.data.subarray(y * scaled.width * 3, (y + 1) * scaled.width * 3);
    data.set(row, ((region.top + y) * frame.width + region.left) * 3);
  }
  return { width: frame.width, height: frame.height, data };
}

/** Mean of one row (or column) of pixels. */
function meanColour(picture: Picture, isRow: boolean, line: number): Colour {
  const count = isRow ? picture.width : picture.height;
  const sum: [number, number, number] = [0, 0, 0];
  for (let step = 0; step < count; step++) {
    const index = isRow ? line * picture.width + step : step * picture.width + line;
    sum[0] += picture.data[index * 3] ?? 0;
    sum[1] += picture.data[index * 3 + 1] ?? 0;
    sum[2] += picture.data[index * 3 + 2] ?? 0;
  }
  return [Math.round(sum[0] / count), Math.round(sum[1] / count), Math.round(sum[2] / count)];
}

function clamp(side: number, limit: number): number {
  return Math.min(Math.max(side, 1), limit);
}
