import sharp from 'sharp';
import type { Picture } from './picture.ts';

/** Encode as PNG without metadata. */
export async function encodePng(picture: Picture): Promise<Uint8Array> {
  return toSharp(picture).png({ compressionLevel: 6 }).toBuffer();
}

/** Encode as a small JPEG for progress displays. */
export async function encodePreview(picture: Picture): Promise<Uint8Array> {
  return toSharp(picture).jpeg({ quality: 70 }).toBuffer();
}

function toSharp({ width, height, data }: Picture) {
  return sharp(data, { raw: { width, height, channels: 3 } });
}
