import type { EncodedImage, ShrinkImage } from '../shared/chat-bot.ts';

export interface Upload extends EncodedImage {
  readonly fileName: string;
  /** The limit that made this a smaller copy. */
  readonly shrunkTo?: number;
}

const MEBIBYTE = 1024 * 1024;
/** What Discord takes by the boost tier of a server; direct messages are as servers without boosts. */
const LIMIT_BYTES: readonly number[] = [10 * MEBIBYTE, 10 * MEBIBYTE, 50 * MEBIBYTE, 100 * MEBIBYTE];

export function uploadLimit(premiumTier: number): number {
  return LIMIT_BYTES[premiumTier] ?? 10 * MEBIBYTE;
}

/** The picture as it can be posted. @returns undefined when nothing of it fits. */
export async function fitUpload(
  shrinkImage: ShrinkImage,
  { bytes, contentType }: EncodedImage,
  { fileName, limitBytes }: { readonly fileName: string; readonly limitBytes: number },
): Promise<Upload | undefined> {
  if (bytes.length <= limitBytes) return { bytes, contentType, fileName };
  const smaller = await shrinkImage(bytes, limitBytes);
  if (smaller === undefined) return undefined;
  const extension = smaller.contentType.replace('image/', '');
  return { ...smaller, fileName: fileName.replace(/\.[a-z]+$/, `.${extension}`), shrunkTo: limitBytes };
}
