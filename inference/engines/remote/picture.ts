import { isInferenceError } from '../../errors.ts';
import { decodeImage } from '../../image/decode.ts';
import { encodePng } from '../../image/encode.ts';
import type { EngineResult } from '../engine.ts';
import type { RemoteClient } from './client.ts';

export type EnginePicture = EngineResult['images'][number];

/** A picture from a server, told by its bytes, decoded within limits and written anew as PNG without metadata.
 * @throws {InferenceError} ENGINE_FAILED */
export async function readPicture(client: Pick<RemoteClient, 'failure'>, bytes: Uint8Array): Promise<EnginePicture> {
  try {
    const picture = await decodeImage(bytes);
    const { width: widthPx, height: heightPx } = picture;
    return { bytes: await encodePng(picture), contentType: 'image/png', widthPx, heightPx };
  } catch (error) {
    if (!isInferenceError(error)) throw error;
    throw client.failure('ENGINE_FAILED', error.code === 'INPUT_TOO_LARGE' ? 'too-large' : 'not-an-image');
  }
}

/** What is no base64 gives bytes that are no picture. Some servers send a data URL. */
export function fromBase64(text: string): Uint8Array {
  return Buffer.from(text.replace(/^data:[\w/+.-]+;base64,/, ''), 'base64');
}
