import type { Picture } from '../image/picture.ts';
import { floatOutput } from '../runtime/session.ts';
import { processImage } from './image-processor.ts';
import type { LoadedVlm } from './load-vlm.ts';
import type { CellGrid } from './prompt-positions.ts';
import { layOutVision } from './vision-layout.ts';

/** A picture as the text model reads it. */
export interface EncodedPicture {
  readonly grid: CellGrid;
  /** float32 [rows * columns, width] */
  readonly embeddings: Float32Array;
}

export function encodedPictureBytes({ embeddings }: EncodedPicture): number {
  return embeddings.byteLength;
}

/** Prepare a picture and run the vision tower over it.
 * @throws {InferenceError} INPUT_INVALID when the picture is too narrow. */
export async function encodePicture(
  { config, imageProcessor, vision }: LoadedVlm,
  picture: Picture,
): Promise<EncodedPicture> {
  const { mergeSize } = config.vision;
  const { data, rows, columns } = processImage(picture, imageProcessor);
  const patches = rows * columns;
  const layout = layOutVision({ rows, columns }, config.vision);
  const outputs = await vision.run({
    patches: { shape: [patches, data.length / patches], data },
    positions: { shape: [patches, 2], data: layout.positions },
    window_slots: { shape: [layout.windows, layout.slots], data: layout.windowSlots },
    slot_of_patch: { shape: [patches], data: layout.slotOfPatch },
  });
  return {
    grid: { rows: rows / mergeSize, columns: columns / mergeSize },
    embeddings: floatOutput(outputs, 'embeddings'),
  };
}
