import sharp from 'sharp';
import type { Picture } from './picture.ts';

/** Longest side of a preview. */
const PREVIEW_SIDE = 256;

/** Encode as PNG without metadata. */
export async function encodePng(picture: Picture): Promise<Uint8Array> {
  return toSharp(picture).png({ compressionLevel: 6 }).toBuffer();
}

/** Encode as JPEG of high quality, without metadata and without halving the colours. */
export async function encodeJpeg(picture: Picture): Promise<Uint8Array> {
  return toSharp(picture).jpeg({ quality: 95, chromaSubsampling: '4:4:4' }).toBuffer();
}

/** Encode as a small JPEG for progress displays. */
export async function encodePreview(picture: Picture): Promise<Uint8Array> {
  return toSharp(picture)
    .resize(PREVIEW_SIDE, PREVIEW_SIDE, { fit: 'inside', withoutEnlargement: true })
    .jpeg({ quality: 70 })
    .toBuffer();
}

function toSharp({ width, height, data }: Picture) {
  return sharp(data, { raw: { width, height, channels: 3 } });
}
