import { type FittedPicture, fitIntoFrame } from './pad.ts';
import type { Picture, Size } from './picture.ts';
import { resizePicture } from './resize.ts';

/** Which sizes a model works at.
 * `native`: the listed sizes; a picture is scaled to fit and padded.
 * `kontext`: about one megapixel; a picture is stretched to the nearest preferred resolution. */
export type SizeRule =
  | { readonly rule: 'native'; readonly multiple: number; readonly native: readonly Size[] }
  | { readonly rule: 'kontext'; readonly multiple: number };

const KONTEXT_AREA = 1024 * 1024;

/** Portrait and square resolutions that FLUX.1-Kontext was trained on; the rest are their mirror images.
 * @source DreamOmni2 pipeline_dreamomni2.py PREFERRED_KONTEXT_RESOLUTIONS. */
const KONTEXT_PORTRAIT: readonly Size[] = [
  { width: 672, height: 1568 },
  { width: 688, height: 1504 },
  { width: 720, height: 1456 },
  { width: 752, height: 1392 },
  { width: 800, height: 1328 },
  { width: 832, height: 1248 },
  { width: 880, height: 1184 },
  { width: 944, height: 1104 },
  { width: 1024, height: 1024 },
];

export const KONTEXT_RESOLUTIONS: readonly Size[] = [
  ...KONTEXT_PORTRAIT,
  ...KONTEXT_PORTRAIT.slice(0, -1)
    .map(({ width, height }) => ({ width: height, height: width }))
    .reverse(),
];

/** Bring an input picture to a size that the model reads. */
export async function fitInput(picture: Picture, rule: SizeRule): Promise<FittedPicture> {
  const aspect = picture.width / picture.height;
  if (rule.rule === 'native') return fitIntoFrame(picture, nearestNative(rule.native, aspect));
  const preferred = floorToMultiple(nearestKontext(aspect), rule.multiple);
  const resized = await resizePicture(picture, preferred);
  return { picture: resized, region: { left: 0, top: 0, ...preferred } };
}

/** Size of the picture to make for an aspect (width / height).
 * @source DreamOmni2 pipeline_dreamomni2.py __call__ for the kontext rule: the area is always about one megapixel. */
export function outputSize(rule: SizeRule, aspect: number): Size {
  if (rule.rule === 'native') return nearestNative(rule.native, aspect);
  return floorToMultiple(
    {
      width: Math.round(Math.sqrt(KONTEXT_AREA * aspect)),
      height: Math.round(Math.sqrt(KONTEXT_AREA / aspect)),
    },
    rule.multiple,
  );
}

/** The size of a new picture when nobody asked for one. */
export function defaultSize(rule: SizeRule): Size {
  const first = rule.rule === 'native' ? rule.native[0] : undefined;
  return first ?? outputSize(rule, 1);
}

function nearestNative(sizes: readonly Size[], aspect: number): Size {
  return nearest(sizes, ({ width, height }) => Math.abs(Math.log(aspect / (width / height))));
}

/** Smallest absolute difference of ratios; ties go to the narrower, which the list has first. */
function nearestKontext(aspect: number): Size {
  return nearest(KONTEXT_RESOLUTIONS, ({ width, height }) => Math.abs(aspect - width / height));
}

function nearest(sizes: readonly Size[], distance: (size: Size) => number): Size {
  return sizes.reduce((best, size) => (distance(size) < distance(best) ? size : best));
}

function floorToMultiple({ width, height }: Size, multiple: number): Size {
  const floor = (side: number) => Math.max(multiple, side - (side % multiple));
  return { width: floor(width), height: floor(height) };
}
