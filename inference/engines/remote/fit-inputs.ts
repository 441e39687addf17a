import { shrinkImage } from '../../image/shrink.ts';
import { sniffFormat } from '../../image/sniff.ts';

export interface FittedInputs {
  readonly images: readonly { readonly bytes: Uint8Array; readonly contentType: string }[];
  readonly warnings: readonly string[];
}

/** Inputs for a server that takes so many bytes in all. Each gets an equal share; what is larger is sent as a smaller JPEG and
 * people are told. No input is left out. @throws {InferenceError} INPUT_UNSUPPORTED_IMAGE, INPUT_TOO_LARGE */
export async function fitInputs(images: readonly Uint8Array[], maxBytes: number): Promise<FittedInputs> {
  const share = Math.floor(maxBytes / Math.max(1, images.length));
  const warnings: string[] = [];
  const fitted = await Promise.all(
    images.map(async (bytes, index) => {
      if (bytes.length <= share) return { bytes, contentType: contentTypeOf(bytes) };
      warnings.push(`Image ${index + 1} of the request was sent as a smaller copy.`);
      return (await shrinkImage(bytes, share)) ?? { bytes, contentType: contentTypeOf(bytes) };
    }),
  );
  return { images: fitted, warnings };
}

/** By its bytes. */
export function contentTypeOf(bytes: Uint8Array): string {
  const sniffed = sniffFormat(bytes);
  return sniffed.kind === 'readable' ? `image/${sniffed.format}` : 'application/octet-stream';
}
