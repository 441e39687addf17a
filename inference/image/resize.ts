import sharp from 'sharp';
import type { Picture, Size } from './picture.ts';

/** Stretch to a size with Lanczos; a picture of that size already is returned as it is. */
export async function resizePicture(picture: Picture, { width, height }: Size): Promise<Picture> {
  if (picture.width === width && picture.height === height) return picture;
  const data = await sharp(picture.data, {
    raw: { width: picture.width, height: picture.height, channels: 3 },
  })
    .resize(width, height, { fit: 'fill', kernel: 'lanczos3' })
    .raw()
    .toBuffer();
  return { width, height, data };
}
