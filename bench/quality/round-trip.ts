import { pictureToPixels, pixelsToPicture } from '../../inference/image/pixels.ts';
import type { Picture } from '../../inference/index.ts';
import { buildVaeDecoder, buildVaeEncoder } from '../../inference/models/autoencoder-kl.ts';
import { floatOutput, openDevice, openSession } from '../../inference/runtime/session.ts';

export interface RoundTrip {
  /** @param picture sides divisible by the autoencoder's downscale. */
  run(picture: Picture): Promise<Picture>;
  dispose(): Promise<void>;
}

/** Our own autoencoder, there and back: the best that any render of the model can look like.
 * @throws {InferenceError} MODEL_MISSING, MODEL_INVALID. */
export async function openRoundTrip(modelFolder: string, threads?: number): Promise<RoundTrip> {
  const device = openDevice('cpu');
  const { computeType } = device;
  const encoder = await openSession(buildVaeEncoder({ modelFolder, computeType }), { device, threads });
  const decoder = await openSession(buildVaeDecoder({ modelFolder, computeType }), { device, threads });
  return {
    async run(picture) {
      const { width, height } = picture;
      const shape = [1, 3, height, width];
      const encoded = await encoder.run({ pixels: { shape, data: pictureToPixels(picture) } });
      const { latents } = encoded;
      const decoded = await decoder.run(latents === undefined ? {} : { latents });
      return pixelsToPicture(floatOutput(decoded, 'pixels'), width, height);
    },
    async dispose() {
      await Promise.all([encoder.dispose(), decoder.dispose()]);
    },
  };
}
