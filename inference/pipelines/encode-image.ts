import { createHash } from 'node:crypto';
import { InferenceError } from '../errors.ts';
import type { Picture } from '../image/picture.ts';
import { pictureToPixels } from '../image/pixels.ts';
import type { ByteCache } from '../runtime/byte-cache.ts';
import { PATCH, packLatent, type Tokens } from '../runtime/packing.ts';
import { floatOutput } from '../runtime/session.ts';
import type { LoadedModel } from './load-model.ts';

export function tokensBytes({ data }: Tokens): number {
  return data.byteLength;
}

/** Encode one picture into clean reference tokens (the mean of the VAE's distribution, scaled, packed).
 * @throws {InferenceError} SHAPE_MISMATCH when a side is no multiple of the packed latent patch. */
export async function encodeImage(loaded: LoadedModel, cache: ByteCache<Tokens>, picture: Picture): Promise<Tokens> {
  const { downscale, latentChannels } = loaded.autoencoder;
  const { width, height } = picture;
  if (width % (PATCH * downscale) !== 0 || height % (PATCH * downscale) !== 0) {
    throw new InferenceError(
      'SHAPE_MISMATCH',
      `A picture of ${width} x ${height} cannot be encoded: both sides must be multiples of ${PATCH * downscale}.`,
    );
  }
  return cache.get(contentHash(picture), async () => {
    const outputs = await loaded.vaeEncoder.run({
      pixels: { shape: [1, 3, height, width], data: pictureToPixels(picture) },
    });
    return packLatent({
      channels: latentChannels,
      height: height / downscale,
      width: width / downscale,
      data: floatOutput(outputs, 'latents'),
    });
  });
}

function contentHash({ width, height, data }: Picture): string {
  return createHash('sha256').update(`${width}x${height}:`).update(data).digest('hex');
}
