import sharp from 'sharp';

export interface PictureWish {
  readonly shape: 'bag' | 'dress' | 'cup' | 'chair' | 'kite' | 'boat';
  readonly color: string;
  readonly background: string;
  readonly pattern?: 'stripes' | 'dots' | 'checks';
  readonly sizePx?: number;
}

const SHAPES: Readonly<Record<PictureWish['shape'], string>> = {
  bag: 'M70 110h116l14 100H56zM95 110c0-60 66-60 66 0h-14c0-40-38-40-38 0z',
  dress: 'M100 40l14 20h28l14-20 16 12-18 50 44 110H58l44-110-18-50z',
  cup: 'M60 80h110v20h30c20 0 20 70-10 70h-24c-6 30-20 40-46 40h-10c-34 0-50-20-50-60zM170 118v34h14c12 0 10-34 0-34z',
  chair: 'M80 40h20v80h70v20h10v80h-16v-70h-64v70H80z',
  kite: 'M128 30l64 90-64 90-64-90zM124 206l4 0 20 34-6 4z',
  boat: 'M120 40h12v90h-12zM136 50l60 80h-60zM50 150h160l-34 60H84z',
};

const PATTERNS: Readonly<Record<NonNullable<PictureWish['pattern']>, string>> = {
  stripes: '<rect width="12" height="24" fill="#fff" fill-opacity=".75"/>',
  dots: '<circle cx="12" cy="12" r="6" fill="#fff" fill-opacity=".8"/>',
  checks: '<path d="M0 0h12v12H0zM12 12h12v12H12z" fill="#fff" fill-opacity=".75"/>',
};

/** A small drawn PNG, different for every wish. */
export async function drawPicture({ shape, color, background, pattern, sizePx = 256 }: PictureWish): Promise<Buffer> {
  const fill = pattern === undefined ? '' : `<path d="${SHAPES[shape]}" fill="url(#pattern)"/>`;
  const tile = pattern === undefined ? '' : PATTERNS[pattern];
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 256 256" width="${sizePx}" height="${sizePx}">
    <defs><pattern id="pattern" width="24" height="24" patternUnits="userSpaceOnUse">${tile}</pattern></defs>
    <rect width="256" height="256" fill="${background}"/><path d="${SHAPES[shape]}" fill="${color}"/>${fill}</svg>`;
  return await sharp(Buffer.from(svg)).png().toBuffer();
}
