import type { Picture } from '../image/picture.ts';
import { pixelsToPicture } from '../image/pixels.ts';
import { type Tokens, unpackLatent } from '../runtime/packing.ts';
import { floatOutput } from '../runtime/session.ts';
import type { LoadedModel } from './load-model.ts';

/** Decode the tokens of a picture into pixels. */
export async function decodeLatents(loaded: LoadedModel, tokens: Tokens): Promise<Picture> {
  const { channels, height, width, data } = unpackLatent(tokens);
  const outputs = await loaded.vaeDecoder.run({
    latents: { shape: [1, channels, height, width], data },
  });
  const { downscale } = loaded.autoencoder;
  return pixelsToPicture(floatOutput(outputs, 'pixels'), width * downscale, height * downscale);
}
