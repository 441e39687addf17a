/** Formats that Easel reads. */
export type ReadableFormat = 'png' | 'jpeg' | 'webp' | 'gif';

/** What the first bytes of a file say it is; `label` names a known format that Easel does not read. */
export type SniffedFormat =
  | { readonly kind: 'readable'; readonly format: ReadableFormat }
  | { readonly kind: 'unreadable'; readonly label: string }
  | { readonly kind: 'unknown' };

/** Tell an image format from its bytes; names and content types of uploads are not to be trusted. */
export function sniffFormat(bytes: Uint8Array): SniffedFormat {
  if (startsWith(bytes, '\x89PNG\r\n\x1a\n')) return { kind: 'readable', format: 'png' };
  if (startsWith(bytes, '\xff\xd8\xff')) return { kind: 'readable', format: 'jpeg' };
  if (startsWith(bytes, 'GIF87a') || startsWith(bytes, 'GIF89a')) {
    return { kind: 'readable', format: 'gif' };
  }
  if (startsWith(bytes, 'RIFF') && startsWith(bytes, 'WEBP', 8)) {
    return { kind: 'readable', format: 'webp' };
  }
  const label = unreadableLabel(bytes);
  return label === undefined ? { kind: 'unknown' } : { kind: 'unreadable', label };
}

function unreadableLabel(bytes: Uint8Array): string | undefined {
  if (startsWith(bytes, 'ftyp', 4)) {
    const brand = textAt(bytes, 8, 4);
    if (['heic', 'heix', 'hevc', 'hevx', 'heim', 'heis', 'mif1', 'msf1'].includes(brand)) return 'HEIC';
    if (brand.startsWith('avi')) return 'AVIF';
    return 'video';
  }
  if (startsWith(bytes, 'BM')) return 'BMP';
  if (startsWith(bytes, 'II*\0') || startsWith(bytes, 'MM\0*')) return 'TIFF';
  if (startsWith(bytes, '%PDF')) return 'PDF';
  if (startsWith(bytes, '\xff\x0a') || startsWith(bytes, 'JXL ', 4)) return 'JPEG XL';
  if (/^\s*<(\?xml|svg|!doctype svg)/i.test(textAt(bytes, 0, 64))) return 'SVG';
  return undefined;
}

function startsWith(bytes: Uint8Array, text: string, offset = 0): boolean {
  return textAt(bytes, offset, text.length) === text;
}

function textAt(bytes: Uint8Array, offset: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(offset, offset + length));
}
