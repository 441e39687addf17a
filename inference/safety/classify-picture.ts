import { InferenceError } from '../errors.ts';
import { decodeImage } from '../image/decode.ts';
import type { Picture } from '../image/picture.ts';
import { resizePicture } from '../image/resize.ts';
import type { TensorSpec } from '../onnx/graph-types.ts';
import { floatOutput, type Session } from '../runtime/session.ts';
import { type PictureScores, pictureScoresSchema } from './classifier-contract.ts';

/** Side of the pictures that the network reads. */
const SIDE_PX = 224;
const CHANNELS = 3;

/** What the network takes and gives: pictures row by row in [0, 1], and probabilities in the order of `CLASSES`. */
export const CLASSIFIER_INPUTS: readonly TensorSpec[] = [
  { name: 'pixels', type: 'float32', shape: ['n', SIDE_PX, SIDE_PX, CHANNELS] },
];
export const CLASSIFIER_OUTPUTS: readonly TensorSpec[] = [{ name: 'probabilities', type: 'float32', shape: ['n', 5] }];

/** As nsfwjs orders them. */
const CLASSES = ['drawing', 'hentai', 'neutral', 'porn', 'sexy'] as const;

/** Look at an encoded picture as a whole, stretched to a square.
 * @throws {InferenceError} INPUT_UNSUPPORTED_IMAGE, INPUT_TOO_LARGE, NUMERIC_INVALID, and what `Session.run` throws. */
export async function classifyPicture(session: Session, image: Uint8Array): Promise<PictureScores> {
  const square = await resizePicture(await decodeImage(image), { width: SIDE_PX, height: SIDE_PX });
  const outputs = await session.run({ pixels: { shape: [1, SIDE_PX, SIDE_PX, CHANNELS], data: toUnit(square) } });
  const probabilities = floatOutput(outputs, 'probabilities');
  const scores = pictureScoresSchema.safeParse(
    Object.fromEntries(CLASSES.map((name, index) => [name, Math.min(1, probabilities[index] ?? Number.NaN)])),
  );
  if (scores.success) return scores.data;
  throw new InferenceError(
    'NUMERIC_INVALID',
    'The picture classifier answered with something else than probabilities.',
  );
}

/** @returns float32 [height, width, 3] in [0, 1]. */
function toUnit({ data }: Picture): Float32Array {
  return Float32Array.from(data, (value) => value / 255);
}
