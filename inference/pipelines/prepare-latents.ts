import { InferenceError } from '../errors.ts';
import type { Size } from '../image/picture.ts';
import { PATCH, packLatent, type Tokens } from '../runtime/packing.ts';
import { normalValues } from '../runtime/rng.ts';
import type { LoadedModel } from './load-model.ts';

/** Where the starting noise comes from: a seed in [0, 2^53), or packed float32 [tokens, channels] as it is. */
export type Noise =
  | { readonly kind: 'seed'; readonly seed: number }
  | { readonly kind: 'latents'; readonly data: Float32Array };

/** The starting noise of a picture, packed. From a seed it is drawn as [C, H, W] and packed, so that it does not
 * depend on how tokens are ordered.
 * @throws {InferenceError} INPUT_INVALID when the size is no multiple or given latents have another length. */
export function prepareLatents({ autoencoder }: LoadedModel, { width, height }: Size, noise: Noise): Tokens {
  const { downscale, latentChannels: channels } = autoencoder;
  const multiple = PATCH * downscale;
  if (width <= 0 || height <= 0 || width % multiple !== 0 || height % multiple !== 0) {
    throw new InferenceError(
      'INPUT_INVALID',
      `A picture of ${width} x ${height} cannot be made: both sides must be multiples of ${multiple}.`,
      { width, height, multiple },
    );
  }
  const latent = { channels, height: height / downscale, width: width / downscale };
  const count = channels * latent.height * latent.width;
  if (noise.kind === 'seed') {
    if (!Number.isSafeInteger(noise.seed) || noise.seed < 0) {
      throw new InferenceError('INPUT_INVALID', `The seed must be a whole number from 0, got ${noise.seed}.`);
    }
    return packLatent({ ...latent, data: normalValues(noise.seed, count) });
  }
  if (noise.data.length !== count) {
    throw new InferenceError(
      'INPUT_INVALID',
      `The latents hold ${noise.data.length} values; a picture of ${width} x ${height} needs ${count}.`,
    );
  }
  return {
    channels: channels * PATCH * PATCH,
    gridHeight: height / multiple,
    gridWidth: width / multiple,
    data: noise.data.slice(),
  };
}
